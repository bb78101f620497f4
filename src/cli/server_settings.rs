//! The settings that the server's commands share.

use secrecy::SecretString;

use crate::cli::DatabaseArgs;
use crate::server::{Raw, SettingError, Settings};

#[derive(Debug, clap::Args)]
pub(super) struct ServerArgs {
    /// The App's id, from its settings page
    #[arg(long, env = "GAINSAY_APP_ID", value_name = "ID", help_heading = "The App (or made by the setup)")]
    app_id: Option<String>,
    /// The App's private key: PEM text, or the path of a file with it
    #[arg(
        long,
        env = "GAINSAY_PRIVATE_KEY",
        value_name = "PEM|FILE",
        hide_env_values = true,
        help_heading = "The App (or made by the setup)"
    )]
    private_key: Option<SecretString>,
    /// The secret from the App's webhook settings
    #[arg(
        long,
        env = "GAINSAY_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        help_heading = "The App (or made by the setup)"
    )]
    webhook_secret: Option<SecretString>,
    /// The secret before it, accepted too while it is being changed
    #[arg(
        long,
        env = "GAINSAY_WEBHOOK_SECRET_OLD",
        value_name = "SECRET",
        hide_env_values = true,
        help_heading = "The App (or made by the setup)"
    )]
    webhook_secret_old: Option<SecretString>,
    /// Encrypts what the setup keeps in the database: 32 bytes in Base64, as `openssl rand -base64 32` makes them.
    /// Without it the setup writes gainsay-app.json beside the database, for its owner only
    #[arg(
        long,
        env = "GAINSAY_ENCRYPTION_KEY",
        value_name = "KEY",
        hide_env_values = true,
        help_heading = "The App (or made by the setup)"
    )]
    encryption_key: Option<SecretString>,
    /// GitHub's API; for GitHub Enterprise Server https://HOST/api/v3
    #[arg(
        long,
        env = "GAINSAY_GITHUB_API_URL",
        value_name = "URL",
        default_value = "https://api.github.com",
        help_heading = "The App (or made by the setup)"
    )]
    github_api_url: String,
    #[command(flatten)]
    database: DatabaseArgs,
    /// How long verdicts are kept: days, weeks or hours
    #[arg(
        long,
        env = "GAINSAY_RETENTION",
        value_name = "TIME",
        default_value = "90d",
        help_heading = "The database"
    )]
    retention: String,
    /// Where to listen for GitHub
    #[arg(
        long,
        env = "GAINSAY_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:3000",
        help_heading = "Operations"
    )]
    listen: String,
    /// Where /metrics, /readyz and /healthz are shown, or `off`
    #[arg(
        long,
        env = "GAINSAY_METRICS_LISTEN",
        value_name = "ADDRESS|off",
        default_value = DEFAULT_METRICS,
        help_heading = "Operations"
    )]
    metrics_listen: String,
}

/// Where metrics are shown if nothing else is said.
const DEFAULT_METRICS: &str = "127.0.0.1:9464";

impl ServerArgs {
    pub(super) fn settings(&self) -> Result<Settings, SettingError> {
        Settings::read(Raw {
            app_id: self.app_id.clone(),
            private_key: self.private_key.clone(),
            webhook_secret: self.webhook_secret.clone(),
            webhook_secret_old: self.webhook_secret_old.clone(),
            encryption_key: self.encryption_key.clone(),
            database_url: self.database.database_url.clone(),
            listen: self.listen.clone(),
            metrics_listen: self.metrics_listen.clone(),
            api_url: self.github_api_url.clone(),
            retention: self.retention.clone(),
        })
    }

    /// Whether the address of the metrics is the one that nobody chose: then it may be taken already.
    pub(super) fn has_default_metrics(&self) -> bool {
        self.metrics_listen == DEFAULT_METRICS
    }
}

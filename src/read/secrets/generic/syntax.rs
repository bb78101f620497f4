//! Which notation a file is written in, as far as it decides whether a bare word is a value.

/// A family of notations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read::secrets) enum Syntax {
    /// Programs: only a string is a value, a bare word is a variable.
    Code,
    /// Programs of a database.
    Sql,
    /// Names and values in quotes.
    Json,
    /// Bare values behind a colon.
    Yaml,
    /// Lines of names and values: `.env`, ini, properties, TOML, Terraform.
    Config,
    /// Scripts of a shell, container files, makefiles.
    Shell,
    /// Words and their values in turn, with blanks between.
    Netrc,
    /// Prose, logs, markup, and what nothing is known of.
    Text,
}

impl Syntax {
    /// Whether a bare word is a variable.
    pub(super) fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::Sql)
    }

    /// By the file's name.
    pub(in crate::read::secrets) fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        // A template is written in what it becomes.
        let name = [".example", ".sample", ".template", ".dist", ".j2", ".tmpl", ".erb", ".bak", ".local"]
            .iter()
            .fold(name.as_str(), |name, end| {
                name.strip_suffix(end).filter(|n| n.contains('.')).unwrap_or(name)
            });
        if matches!(name, ".netrc" | "_netrc" | ".authinfo") {
            return Self::Netrc;
        }
        if name.starts_with(".env") || name.contains("dockerfile") || name.contains("makefile") {
            return if name.contains("file") { Self::Shell } else { Self::Config };
        }
        match name.rsplit_once('.').map_or(name, |(_, end)| end) {
            "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" | "vue" | "svelte" | "py" | "pyi"
            | "rb" | "go" | "java" | "kt" | "kts" | "groovy" | "gradle" | "scala" | "cs" | "vb" | "fs"
            | "c" | "h" | "cc" | "cpp" | "hpp" | "m" | "mm" | "rs" | "php" | "phtml" | "swift" | "dart"
            | "lua" | "pl" | "pm" | "ex" | "exs" | "erl" | "hs" | "ml" | "clj" | "r" | "jl" | "cr"
            | "nim" | "zig" | "sol" | "astro" | "rake" | "cshtml" | "graphql" | "proto" | "coffee"
            | "elm" | "ps1" | "psm1" | "bicep" | "ipynb" | "as" | "rsp" => Self::Code,
            "sql" => Self::Sql,
            "json" | "jsonc" | "json5" | "tfstate" | "avsc" | "har" => Self::Json,
            "yml" | "yaml" => Self::Yaml,
            "env" | "envrc" | "ini" | "properties" | "conf" | "cfg" | "cnf" | "toml" | "tf" | "tfvars"
            | "hcl" | "npmrc" | "pypirc" | "config" | "credentials" | "ext" | "service" | "editorconfig"
            | "pgpass" | "ovpn" => Self::Config,
            "sh" | "bash" | "zsh" | "fish" | "bat" | "cmd" | "mk" | "profile" | "bashrc" | "zshrc" => {
                Self::Shell
            }
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_in_their_notation_and_templates_in_what_they_become() {
        for (path, syntax) in [
            ("src/a.ts", Syntax::Code),
            ("a/.env", Syntax::Config),
            (".env.example", Syntax::Config),
            ("config/database.yml.erb", Syntax::Yaml),
            ("docker/Dockerfile.dev", Syntax::Shell),
            ("Makefile", Syntax::Shell),
            ("terraform.tfvars", Syntax::Config),
            ("settings.json", Syntax::Json),
            ("home/.netrc", Syntax::Netrc),
            ("README.md", Syntax::Text),
            ("", Syntax::Text),
        ] {
            assert_eq!(Syntax::of(path), syntax, "{path}");
        }
    }
}

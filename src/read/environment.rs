//! Environment variables: where source code reads them, and where a repository says that they exist.

pub mod declared;
pub mod names;
pub mod reads;

use crate::read::syntax::Language;

/// The objects that hold the environment, as written.
pub fn is_object(language: Language, path: &str) -> bool {
    match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            matches!(
                path,
                "process.env" | "import.meta.env" | "Bun.env" | "globalThis.process.env" | "process?.env"
            )
        }
        Language::Python => matches!(path, "os.environ" | "environ" | "os.environb"),
        Language::Ruby => path == "ENV",
        Language::Go | Language::Rust => false,
    }
}

/// Whether the call of that path gives the variable that its first argument names. The parts of a path stand apart by
/// dots in every language.
pub fn is_variable_call(path: &str) -> bool {
    matches!(
        path,
        "os.getenv"
            | "getenv"
            | "os.environ.get"
            | "environ.get"
            | "os.environ.pop"
            | "os.Getenv"
            | "os.LookupEnv"
            | "ENV.fetch"
            | "ENV.dig"
            | "Deno.env.get"
            | "env"
            | "env.str"
            | "env::var"
            | "env.var"
            | "std.env.var"
            | "std.env.var_os"
            | "env.var_os"
            | "dotenvy.var"
            | "option_env"
    )
}

/// Whether the call of that path gives all variables.
pub fn is_whole_call(path: &str, arguments: usize) -> bool {
    match path {
        "os.Environ" | "Deno.env.toObject" | "env.vars" | "std.env.vars" | "ENV.to_h" => true,
        "os.environ.copy" | "os.environ.items" | "os.environ.values" | "ENV.to_a" | "ENV.inspect" => {
            arguments == 0
        }
        _ => false,
    }
}

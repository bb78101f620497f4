//! Calls whose results are known: those that read the environment or a file, and those that give back what they
//! were given in another form. Every other call's result is unknown.

use crate::read::environment;

/// What a call gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// The environment variable that its first argument names.
    Variable,
    /// All environment variables.
    Environment,
    /// The content of the file that its first argument, or else its receiver, names.
    Content,
    /// Its receiver.
    Receiver,
    /// Its receiver and its arguments, one behind the other.
    All,
    /// Its arguments, one behind the other.
    Arguments,
    /// Its arguments as parts of a path or list.
    Parts,
    /// Its first argument with its fields.
    First,
    /// Its arguments but the first: a pattern is replaced by them.
    Replacement,
    /// The member that its first argument names.
    Member,
    /// Something else.
    Unknown,
}

/// What the call of `path` gives; `plain` is its last name.
pub(super) fn gives(path: &str, plain: &str, has_receiver: bool, arguments: usize) -> Gives {
    if let Some(gives) = environment(path, arguments).or_else(|| function(path)) {
        return gives;
    }
    if has_receiver { method(plain, arguments) } else { free(plain) }
}

fn environment(path: &str, arguments: usize) -> Option<Gives> {
    if environment::is_variable_call(path) {
        return Some(Gives::Variable);
    }
    environment::is_whole_call(path, arguments).then_some(Gives::Environment)
}

fn function(path: &str) -> Option<Gives> {
    Some(match path {
        "JSON.stringify"
        | "JSON.parse"
        | "json.dumps"
        | "json.loads"
        | "json.load"
        | "yaml.safe_load"
        | "yaml.load"
        | "yaml.dump"
        | "YAML.dump"
        | "YAML.load"
        | "JSON.generate"
        | "JSON.pretty_generate"
        | "util.inspect"
        | "pprint.pformat"
        | "structuredClone"
        | "Object.fromEntries"
        | "copy.copy"
        | "copy.deepcopy"
        | "orjson.dumps"
        | "ujson.dumps"
        | "dotenv.parse"
        | "toml.loads"
        | "tomllib.load"
        | "Promise.resolve"
        | "Object.freeze"
        | "json.Marshal"
        | "json.MarshalIndent"
        | "Object.entries"
        | "Object.values"
        | "serde_json.to_string"
        | "querystring.stringify"
        | "qs.stringify"
        | "asyncio.to_thread" => Gives::First,
        "fmt.Sprintf"
        | "fmt.Sprint"
        | "fmt.Sprintln"
        | "fmt.Errorf"
        | "util.format"
        | "Buffer.from"
        | "base64.b64encode"
        | "base64.b64decode"
        | "textwrap.dedent"
        | "urllib.parse.quote"
        | "urllib.parse.urlencode"
        | "parse.quote"
        | "parse.urlencode"
        | "url.QueryEscape"
        | "CGI.escape"
        | "Base64.encode64"
        | "Base64.strict_encode64"
        | "strings.TrimSpace"
        | "strings.Join"
        | "strings.ToLower"
        | "strings.ToUpper"
        | "String.raw"
        | "Object.assign"
        | "String.from"
        | "Some"
        | "Ok"
        | "html.escape"
        | "base64.StdEncoding.EncodeToString"
        | "errors.New"
        | "std.format" => Gives::Arguments,
        "path.join" | "path.resolve" | "os.path.join" | "os.path.expanduser" | "os.path.abspath"
        | "filepath.Join" | "File.join" | "pathlib.Path" | "Path.new" | "PathBuf.from" | "Pathname.new"
        | "File.expand_path" | "Rails.root.join" => Gives::Parts,
        "fs.readFileSync"
        | "fs.readFile"
        | "fs.promises.readFile"
        | "fsp.readFile"
        | "Deno.readTextFile"
        | "Deno.readTextFileSync"
        | "os.ReadFile"
        | "ioutil.ReadFile"
        | "fs.read_to_string"
        | "std.fs.read_to_string"
        | "fs.read"
        | "std.fs.read"
        | "File.read"
        | "IO.read"
        | "File.readlines"
        | "io.open"
        | "codecs.open"
        | "tokio.fs.read_to_string"
        | "Bun.file"
        | "dotenv_values"
        | "dotenv.dotenv_values"
        | "os.Open"
        | "File.open" => Gives::Content,
        _ => return None,
    })
}

fn free(name: &str) -> Gives {
    match name {
        "readFileSync" | "readFile" | "open" | "read_to_string" => Gives::Content,
        "String" | "str" | "repr" | "btoa" | "atob" | "encodeURIComponent" | "encodeURI"
        | "decodeURIComponent" | "b64encode" | "b64decode" | "format" | "dedent" | "sprintf" | "quote"
        | "urlencode" | "bytes" | "bytearray" | "inspect" | "format_args" | "pformat" | "concat" | "URL"
        | "Array" => Gives::Arguments,
        "Path" | "join" | "resolve" => Gives::Parts,
        "dict" | "list" | "tuple" | "set" | "sorted" | "URLSearchParams" | "Map" | "dumps" | "loads"
        | "structuredClone" | "iter" | "Ok" | "Some" | "await" => Gives::First,
        _ => Gives::Unknown,
    }
}

fn method(name: &str, arguments: usize) -> Gives {
    match name {
        "join" | "concat" | "format" | "with_suffix" | "joinpath" => Gives::All,
        "replace" | "replaceAll" | "gsub" | "sub" if arguments > 1 => Gives::Replacement,
        "get" | "fetch" | "getItem" if arguments > 0 => Gives::Member,
        "readText" | "read_text" | "read_bytes" | "read_to_string" => Gives::Content,
        "trim" | "trimEnd" | "trimStart" | "trim_end" | "trim_start" | "strip" | "rstrip" | "lstrip"
        | "chomp" | "toString" | "to_string" | "to_s" | "toUpperCase" | "toLowerCase" | "upper" | "lower"
        | "encode" | "decode" | "normalize" | "unwrap" | "expect" | "unwrap_or" | "unwrap_or_default"
        | "unwrap_or_else" | "as_str" | "as_ref" | "as_deref" | "as_bytes" | "clone" | "cloned"
        | "to_owned" | "into" | "ok" | "ok_or" | "ok_or_else" | "map_err" | "context" | "with_context"
        | "copy" | "dup" | "items" | "values" | "entries" | "iter" | "read" | "readlines" | "text"
        | "to_h" | "to_a" | "inspect" | "to_json" | "dump" | "get_secret_value" | "expose_secret"
        | "expose" | "String" | "Bytes" | "padEnd" | "padStart" | "splitlines" | "valueOf" | "model_dump"
        | "dict" | "unwrap_unchecked" | "flat" | "reverse" => Gives::Receiver,
        // Colours for a terminal.
        "bold" | "dim" | "green" | "red" | "yellow" | "cyan" | "blue" | "magenta" | "gray" | "grey"
        | "white" | "underline" | "italic" | "greenBright" | "cyanBright" | "yellowBright" => {
            Gives::Arguments
        }
        _ => Gives::Unknown,
    }
}

/// Methods that add their arguments to what they are called on.
pub(super) fn adds(name: &str) -> bool {
    matches!(
        name,
        "push"
            | "append"
            | "add"
            | "extend"
            | "unshift"
            | "insert"
            | "push_str"
            | "WriteString"
            | "writeString"
            | "update"
            | "concat"
            | "<<"
            | "setdefault"
            | "set"
    )
}

/// Methods that give a part of the text that they are called on.
pub(super) fn cuts(name: &str) -> bool {
    matches!(name, "slice" | "substring" | "substr" | "charAt" | "chars" | "first" | "last" | "get")
}

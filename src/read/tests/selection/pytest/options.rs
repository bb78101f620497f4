//! What pytest's options say of the selection, on a command line or in `addopts`.

/// Options of pytest and its best known plugins that take the next word.
const VALUED: [&str; 34] = [
    "-k",
    "-m",
    "-c",
    "-n",
    "-p",
    "-o",
    "-W",
    "-r",
    "--ignore",
    "--ignore-glob",
    "--deselect",
    "--rootdir",
    "--maxfail",
    "--tb",
    "--cov",
    "--cov-report",
    "--cov-config",
    "--cov-fail-under",
    "--durations",
    "--junitxml",
    "--junit-xml",
    "--basetemp",
    "--log-cli-level",
    "--log-level",
    "--timeout",
    "--dist",
    "--color",
    "--import-mode",
    "--ds",
    "--reruns",
    "--reruns-delay",
    "--benchmark-columns",
    "--asyncio-mode",
    "--confcutdir",
];

/// What `addopts` says of the selection.
#[derive(Default)]
pub(super) struct Options {
    pub(super) keyword: Option<String>,
    pub(super) mark: Option<String>,
    pub(super) ignored: Vec<String>,
    pub(super) ignored_globs: Vec<String>,
    pub(super) deselected: Vec<String>,
    pub(super) paths: Vec<String>,
}

impl Options {
    pub(super) fn read(words: Vec<String>) -> Self {
        let mut options = Self::default();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            if !word.starts_with('-') {
                options.paths.push(word);
                continue;
            }
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None if word.len() > 2 && matches!(&word[..2], "-k" | "-m") => {
                    (word[..2].to_owned(), Some(word[2..].to_owned()))
                }
                None => (word.clone(), None),
            };
            let optional = matches!(name.as_str(), "--cov");
            let value = value.or_else(|| {
                let takes = VALUED.contains(&name.as_str())
                    && !(optional && words.peek().is_none_or(|w| w.starts_with('-')));
                if takes { words.next() } else { None }
            });
            let Some(value) = value else { continue };
            match name.as_str() {
                "-k" => options.keyword = Some(value),
                "-m" => options.mark = Some(value),
                "--ignore" => options.ignored.push(value),
                "--ignore-glob" => options.ignored_globs.push(value),
                "--deselect" => options.deselected.push(value),
                _ => {}
            }
        }
        options.keyword = options.keyword.filter(|text| !text.trim().is_empty());
        options.mark = options.mark.filter(|text| !text.trim().is_empty());
        options
    }
}

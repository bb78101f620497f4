//! Zip archives from strangers: what may be taken out of them, and how much; the `zip` crate is used here only.
//!
//! Nothing is written anywhere, and names are labels. An archive that tries something is refused as a whole.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::change::EvidenceFile;

/// An archive of more entries is refused.
const MAX_ENTRIES: usize = 20_000;
/// A longer file is not taken.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// No more bytes are taken out of one archive.
const MAX_TOTAL: u64 = 192 * 1024 * 1024;
/// A file that grows by more than this is refused: reports compress well, but not that well.
const MAX_RATIO: u64 = 300;
/// Up to this size any ratio is fine.
const SMALL: u64 = 1024 * 1024;

/// What was taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The files, named `archive/entry`, in the order of the archive.
    pub files: Vec<EvidenceFile>,
    /// What was left in, and why: sentences without a full stop.
    pub left: Vec<String>,
}

/// Takes out the files that are `wanted` by their names. The error says why the archive is refused, as a sentence
/// without a full stop.
pub fn take(name: &str, bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Taken, String> {
    let refused = |why: String| format!("the archive {name} {why}");
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|e| refused(format!("can't be read: {e}")))?;
    if archive.len() > MAX_ENTRIES {
        return Err(refused(format!("has more than {MAX_ENTRIES} entries, so nothing of it is read")));
    }
    let mut chosen = Vec::new();
    let mut taken = Taken::default();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| refused(format!("can't be read: {e}")))?;
        if let Some(why) = objection(&entry) {
            return Err(refused(format!("holds {why}, so nothing of it is read")));
        }
        let path = entry.name().to_owned();
        if entry.is_dir() {
            continue;
        }
        if is_archive(&path) {
            taken.left.push(format!("{name}/{path} is an archive in an archive and was not opened"));
        } else if wanted(&path) {
            chosen.push((index, path));
        }
    }
    let mut total = 0;
    for (index, path) in chosen {
        let entry = archive.by_index(index).map_err(|e| refused(format!("can't be read at {path}: {e}")))?;
        let bytes =
            content(entry, &mut total).map_err(|why| refused(format!("holds {path}, which {why}")))?;
        taken.files.push(EvidenceFile { name: format!("{name}/{path}"), bytes });
    }
    Ok(taken)
}

/// The files of a repository's archive that are `wanted` by their paths, without the folder that GitHub wraps around
/// them. Links, files over `largest` bytes and what goes beyond `total` bytes are left in. The error says why nothing
/// could be read.
pub fn sources(
    bytes: &[u8],
    largest: u64,
    total: u64,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let unreadable = |e: zip::result::ZipError| format!("the archive can't be read: {e}");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let (mut files, mut left) = (Vec::new(), total);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(unreadable)?;
        let path = entry.name().split_once('/').map(|(_, path)| path.to_owned());
        let Some(path) = path.filter(|path| !entry.is_dir() && !entry.is_symlink() && wanted(path)) else {
            continue;
        };
        drop(entry);
        let limit = largest.min(left);
        let mut bytes = Vec::new();
        let entry = archive.by_index(index).map_err(unreadable)?;
        entry
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| format!("{path} can't be unpacked: {e}"))?;
        if bytes.len() as u64 <= limit {
            left -= bytes.len() as u64;
            files.push((path, bytes));
        }
    }
    Ok(files)
}

fn objection<R: Read>(entry: &ZipFile<'_, R>) -> Option<&'static str> {
    let name = entry.name();
    let rooted = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    if rooted || name.contains('\0') {
        return Some("an absolute path");
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Some("a path that leads out of it");
    }
    if entry.is_symlink() {
        return Some("a link");
    }
    entry.encrypted().then_some("encrypted files")
}

fn is_archive(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".jar"]
        .iter()
        .any(|end| lower.ends_with(end))
}

/// The sizes that an archive states are never believed: what comes out is counted.
fn content<R: Read>(mut entry: ZipFile<'_, R>, total: &mut u64) -> Result<Vec<u8>, String> {
    let packed = entry.compressed_size();
    let limit = MAX_FILE.min(MAX_TOTAL.saturating_sub(*total));
    let allowed = packed.saturating_mul(MAX_RATIO).max(SMALL);
    let mut bytes = Vec::new();
    let read = entry.by_ref().take(limit.min(allowed) + 1).read_to_end(&mut bytes);
    read.map_err(|e| format!("can't be unpacked: {e}"))?;
    let size = bytes.len() as u64;
    if size > limit {
        return Err(format!("is larger than {} MiB", limit / 1024 / 1024));
    }
    if size > allowed {
        return Err(format!("grows to more than {MAX_RATIO} times its size"));
    }
    *total += size;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn sources_come_without_their_outer_folder_and_within_their_limits() {
        let zip = archive(&[
            ("octo-app-1234/a.js", b"one"),
            ("octo-app-1234/big.js", &[b'x'; 50]),
            ("octo-app-1234/b/c.js", b"two"),
            ("octo-app-1234/d.png", b"three"),
        ]);
        let read = |total| sources(&zip, 10, total, |path| path.ends_with(".js")).unwrap();
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        assert_eq!(read(100), [file("a.js", "one"), file("b/c.js", "two")]);
        assert_eq!(read(4), [file("a.js", "one")]);
        assert!(sources(b"no zip", 10, 10, |_| true).unwrap_err().contains("can't be read"));
    }

    fn all(bytes: &[u8]) -> Result<Taken, String> {
        take("reports", bytes, |_| true)
    }

    #[test]
    fn the_wanted_files_come_out_and_inner_archives_stay_in() {
        let bytes = archive(&[("out/junit.xml", b"<testsuite/>"), ("app.bin", b"x"), ("logs.zip", b"PK")]);
        let taken = take("reports", &bytes, |path| path.ends_with(".xml")).unwrap();
        let file = EvidenceFile { name: "reports/out/junit.xml".into(), bytes: b"<testsuite/>".to_vec() };
        assert_eq!(taken.files, [file]);
        assert_eq!(taken.left, ["reports/logs.zip is an archive in an archive and was not opened"]);
    }

    #[test]
    fn paths_that_lead_elsewhere_and_links_refuse_the_whole_archive() {
        for (name, why) in [
            ("../junit.xml", "a path that leads out of it"),
            ("a/../../junit.xml", "a path that leads out of it"),
            ("a\\..\\b.xml", "a path that leads out of it"),
            ("/etc/junit.xml", "an absolute path"),
            ("C:\\junit.xml", "an absolute path"),
        ] {
            // The writer itself refuses some of these names, so they are put in by hand.
            let plain = "x".repeat(name.len());
            let bytes = archive(&[(&plain, b"<testsuite/>"), ("ok.xml", b"<testsuite/>")]);
            let at = |from: usize| {
                bytes[from..].windows(plain.len()).position(|w| w == plain.as_bytes()).map(|p| p + from)
            };
            let mut forged = bytes.clone();
            let mut from = 0;
            while let Some(found) = at(from) {
                forged[found..found + name.len()].copy_from_slice(name.as_bytes());
                from = found + name.len();
            }
            assert_eq!(
                all(&forged).unwrap_err(),
                format!("the archive reports holds {why}, so nothing of it is read"),
                "{name}"
            );
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("junit.xml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let linked = zip.finish().unwrap().into_inner();
        assert!(all(&linked).unwrap_err().contains("a link"));
    }

    #[test]
    fn bombs_and_broken_archives_are_refused() {
        let bomb = archive(&[("junit.xml", &vec![b' '; 40 * 1024 * 1024])]);
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        assert!(all(&bomb).unwrap_err().contains("grows to more than 300 times its size"));
        let whole = archive(&[("junit.xml", &[7; 5_000])]);
        assert!(all(&whole[..whole.len() / 2]).unwrap_err().contains("can't be read"));
        assert!(all(b"").is_err());
        let names: Vec<String> = (0..=MAX_ENTRIES).map(|n| n.to_string()).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(all(&archive(&many)).unwrap_err().contains("entries"));
    }

    proptest! {
        #[test]
        fn any_change_of_an_archive_is_read_without_a_panic(at in 0..300_usize, byte: u8, bytes: Vec<u8>) {
            let mut zip = archive(&[("a/junit.xml", b"<testsuite/>"), ("b.info", b"SF:a")]);
            let at = at % zip.len();
            zip[at] = byte;
            let _ = (all(&zip), all(&bytes));
        }
    }
}

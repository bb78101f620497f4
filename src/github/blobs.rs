//! Contents of files: blobs by id, and single files of a commit by path.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use sha1::{Digest, Sha1};

use super::client::{Installation, side_by_side};
use super::error::GithubError;
use super::trees::Listing;
use super::wire;
use crate::change::tree::MAX_BLOB;
use crate::change::{Content, Kind, Tree};
use crate::ids::{RepoName, RepoPath, Sha};
use crate::read::archive;

/// More blobs than this are not fetched for one pull request: they would use up the installation's hourly requests.
const MAX_BLOBS: usize = 2_000;

/// More blobs than this are looked for in an archive first.
const MAX_SINGLE: usize = 100;
/// A larger archive is not downloaded.
const MAX_ARCHIVE: usize = 64 * 1024 * 1024;
/// No more bytes are taken out of an archive.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;

const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path or a branch as part of an address.
pub(super) fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, PATH)
}

/// A file of a commit.
pub(super) enum AtPath {
    Absent,
    File(Content),
}

impl Installation {
    /// Loads the wanted files of some trees; a blob that several have is fetched once. Where very many are wanted, most
    /// come out of the archive of `commit`.
    pub(super) async fn fill<const SIDES: usize>(
        &self,
        repo: &RepoName,
        commit: &Sha,
        sides: [(&mut Listing, &BTreeSet<RepoPath>); SIDES],
    ) -> Result<(), GithubError> {
        let mut contents = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for (side, wanted) in &sides {
            for id in wanted.iter().filter_map(|path| file_id(&side.tree, path)) {
                match side.sizes.get(id) {
                    Some(size) if *size > MAX_BLOB => {
                        drop(contents.insert(id.clone(), Content::TooLarge(*size)))
                    }
                    _ => drop(missing.insert(id.clone())),
                }
            }
        }
        let unknown = missing.iter().filter(|id| self.known_blob(id).is_none()).count();
        if unknown > MAX_SINGLE {
            let mut ids: BTreeMap<&str, BTreeSet<&Sha>> = BTreeMap::new();
            for (side, wanted) in &sides {
                for path in *wanted {
                    let id = file_id(&side.tree, path).filter(|id| missing.contains(*id));
                    ids.entry(path.as_str()).or_default().extend(id);
                }
            }
            let found = self.of_archive(repo, commit, &ids).await;
            missing.retain(|id| !found.contains_key(id));
            contents.extend(found);
        }
        let unasked: Vec<Sha> = missing.iter().skip(MAX_BLOBS).cloned().collect();
        let why = format!("was not fetched: over {MAX_BLOBS} files of this pull request are wanted");
        contents.extend(unasked.into_iter().map(|id| (id, Content::Missing(why.clone()))));
        contents.extend(self.blobs(repo, missing.into_iter().take(MAX_BLOBS)).await?);
        for (side, wanted) in sides {
            for path in wanted {
                let content = file_id(&side.tree, path).and_then(|id| contents.get(id)).cloned();
                content.into_iter().for_each(|content| side.tree.fill(path, content));
            }
        }
        Ok(())
    }

    /// Files of a commit's archive, told by the ids that are wanted at their paths: what attributes of the repository
    /// leave out of archives or rewrite in them (`export-ignore`, `export-subst`) does not count. Nothing where there is
    /// no archive to be had, since every file can be asked for alone too.
    async fn of_archive(
        &self,
        repo: &RepoName,
        commit: &Sha,
        ids: &BTreeMap<&str, BTreeSet<&Sha>>,
    ) -> BTreeMap<Sha, Content> {
        let what = format!("the archive of {} in {repo}", commit.short());
        let archive = match self
            .download(&what, &format!("/repos/{repo}/zipball/{commit}"), MAX_ARCHIVE)
            .await
        {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                tracing::warn!(%repo, "{what} has over {MAX_ARCHIVE} bytes; files are fetched one by one");
                return BTreeMap::new();
            }
            Err(error) => {
                tracing::warn!(%repo, %error, "no archive was to be had; files are fetched one by one");
                return BTreeMap::new();
            }
        };
        let files = archive::sources(&archive, MAX_BLOB, MAX_UNPACKED, |path| ids.contains_key(path));
        let files = files.unwrap_or_else(|why| {
            tracing::warn!(%repo, "{why}; files are fetched one by one");
            Vec::new()
        });
        let wanted = |(path, bytes): (String, Vec<u8>)| {
            let id = blob_id(&bytes);
            ids.get(path.as_str())?.contains(&id).then(|| (id, Content::Loaded(bytes.into())))
        };
        files.into_iter().filter_map(wanted).collect()
    }

    /// Blobs by id. What can't be had for good is `Missing`; a fault that may pass fails them all, to be tried again.
    async fn blobs(
        &self,
        repo: &RepoName,
        ids: impl Iterator<Item = Sha>,
    ) -> Result<Vec<(Sha, Content)>, GithubError> {
        let ask = |id: Sha| {
            let (github, repo) = (self.clone(), repo.clone());
            async move {
                let content = github.blob(&repo, &id).await;
                content.map(|content| (id, content))
            }
        };
        side_by_side(ids, ask).await.into_iter().collect()
    }

    /// One blob.
    pub(super) async fn blob(&self, repo: &RepoName, id: &Sha) -> Result<Content, GithubError> {
        if let Some(content) = self.known_blob(id) {
            return Ok(content);
        }
        let what = format!("the blob {} in {repo}", id.short());
        match self.get_unkept::<wire::Blob>(&what, &format!("/repos/{repo}/git/blobs/{id}")).await {
            Ok(blob) => {
                let content = decode(&blob.content, &blob.encoding);
                self.keep_blob(id, &content);
                Ok(content)
            }
            Err(e) if e.is_passing() => Err(e),
            Err(e) => Ok(Content::Missing(format!("could not be fetched: {e}"))),
        }
    }

    /// A file of a commit. A folder, a link or a submodule of that name is no file.
    pub(super) async fn file_at(
        &self,
        repo: &RepoName,
        path: &str,
        rev: &str,
    ) -> Result<AtPath, GithubError> {
        let route = format!("/repos/{repo}/contents/{}?ref={}", encoded(path), encoded(rev));
        let file = match self.get::<wire::Contents>(&format!("{path} at {rev} in {repo}"), &route).await {
            Ok(wire::Contents::File(file)) if file.kind == "file" => file,
            Ok(_) | Err(GithubError::NotFound { .. }) => return Ok(AtPath::Absent),
            Err(e) => return Err(e),
        };
        let encoding = file.encoding.unwrap_or_default();
        // Over a megabyte GitHub leaves the content out and tells only the blob.
        if let Some(size) = file.size.filter(|size| *size > MAX_BLOB) {
            return Ok(AtPath::File(Content::TooLarge(size)));
        }
        Ok(AtPath::File(match (file.content, file.sha) {
            (Some(content), _) if encoding == "base64" => decode(&content, &encoding),
            (_, Some(sha)) => {
                let unexpected = |e: crate::ids::Malformed| GithubError::Unexpected {
                    what: path.to_owned(),
                    reason: e.to_string(),
                };
                self.blob(repo, &sha.parse().map_err(unexpected)?).await?
            }
            _ => Content::Missing("came without its content".to_owned()),
        }))
    }
}

fn file_id<'a>(tree: &'a Tree, path: &RepoPath) -> Option<&'a Sha> {
    tree.entry(path).filter(|entry| entry.kind == Kind::File).map(|entry| &entry.id)
}

/// The id that git gives to the content of a file.
fn blob_id(bytes: &[u8]) -> Sha {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hex::encode(hash.finalize()).parse().expect("a digest is a sha")
}

fn decode(content: &str, encoding: &str) -> Content {
    match encoding {
        "base64" => {
            let digits: Vec<u8> = content.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            match BASE64_STANDARD.decode(digits) {
                Ok(bytes) => Content::Loaded(bytes.into()),
                Err(e) => Content::Missing(format!("came in broken Base64: {e}")),
            }
        }
        "utf-8" => Content::Loaded(content.as_bytes().into()),
        other => Content::Missing(format!("came in an unknown encoding ({other:?})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_blob_is_gits() {
        assert_eq!(blob_id(b"").as_str(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(blob_id(b"hello\n").as_str(), "ce013625030ba8dba906f756967f9e9ca394464a");
    }

    #[test]
    fn base64_with_line_breaks_is_read_and_broken_base64_is_missing() {
        assert_eq!(decode("aGVs\nbG8=\n", "base64"), Content::Loaded((*b"hello").into()));
        assert!(matches!(decode("a", "base64"), Content::Missing(_)));
        assert!(matches!(decode("", "none"), Content::Missing(_)));
    }
}

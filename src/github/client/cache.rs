//! What was answered before, bounded in bytes: pages by their route with GitHub's tag, and blobs by their id.
//! `quick_cache` is localised here. A key begins with its installation, and an installation has only its own
//! [`Shelf`]: none reads another's. Credentials are neither keys nor values.

use std::sync::Arc;

use axum::http::HeaderValue;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::change::Content;
use crate::ids::Sha;

/// All pages together.
const PAGES: u64 = 32 << 20;
/// All blobs together.
const BLOBS: u64 = 64 << 20;
/// A larger page or blob is not kept.
const LARGEST: usize = 1 << 20;
/// What an entry weighs beside its bytes.
const OVERHEAD: u64 = 128;
/// A guess of how many entries there are, by which the cache sizes its tables.
const EXPECTED: usize = 4_096;

/// A page as it was when it last changed.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) tag: HeaderValue,
    pub(super) body: Arc<[u8]>,
}

type PageKey = (u64, Box<str>);
type BlobKey = (u64, Sha);

#[derive(Clone)]
struct Bytes;

impl Weighter<PageKey, Page> for Bytes {
    fn weight(&self, key: &PageKey, page: &Page) -> u64 {
        (key.1.len() + page.tag.len() + page.body.len()) as u64 + OVERHEAD
    }
}

impl Weighter<BlobKey, Arc<[u8]>> for Bytes {
    fn weight(&self, _: &BlobKey, bytes: &Arc<[u8]>) -> u64 {
        bytes.len() as u64 + OVERHEAD
    }
}

/// Everything that is kept, of all installations: memory is one.
pub(super) struct Kept {
    pages: Cache<PageKey, Page, Bytes>,
    blobs: Cache<BlobKey, Arc<[u8]>, Bytes>,
}

impl Kept {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            pages: Cache::with_weighter(EXPECTED, PAGES, Bytes),
            blobs: Cache::with_weighter(EXPECTED, BLOBS, Bytes),
        })
    }

    pub(super) fn forget(&self, installation: u64) {
        self.pages.retain(|(of, _), _| *of != installation);
        self.blobs.retain(|(of, _), _| *of != installation);
    }
}

/// What is kept of one installation.
#[derive(Clone)]
pub(super) struct Shelf {
    kept: Arc<Kept>,
    installation: u64,
}

impl Shelf {
    pub(super) fn new(kept: Arc<Kept>, installation: u64) -> Self {
        Self { kept, installation }
    }

    pub(super) fn page(&self, route: &str) -> Option<Page> {
        self.kept.pages.get(&(self.installation, route.into()))
    }

    pub(super) fn keep_page(&self, route: &str, page: Page) {
        if page.body.len() <= LARGEST {
            self.kept.pages.insert((self.installation, route.into()), page);
        }
    }

    pub(super) fn blob(&self, id: &Sha) -> Option<Content> {
        self.kept.blobs.get(&(self.installation, id.clone())).map(Content::Loaded)
    }

    /// Only what was read: why something could not be had may pass.
    pub(super) fn keep_blob(&self, id: &Sha, content: &Content) {
        if let Content::Loaded(bytes) = content
            && bytes.len() <= LARGEST
        {
            self.kept.blobs.insert((self.installation, id.clone()), bytes.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &[u8]) -> Page {
        Page { tag: HeaderValue::from_static("\"a\""), body: body.into() }
    }

    fn sha(digit: char) -> Sha {
        digit.to_string().repeat(40).parse().unwrap()
    }

    #[test]
    fn an_installation_sees_its_own_only_and_forgetting_one_leaves_the_other() {
        let kept = Kept::new();
        let (one, two) = (Shelf::new(kept.clone(), 1), Shelf::new(kept.clone(), 2));
        let (id, content) = (sha('a'), Content::Loaded((*b"mine").into()));
        one.keep_page("/r", page(b"mine"));
        one.keep_blob(&id, &content);
        assert!(two.page("/r").is_none() && two.blob(&id).is_none());
        two.keep_page("/r", page(b"theirs"));
        assert_eq!((&*one.page("/r").unwrap().body, one.blob(&id)), (&b"mine"[..], Some(content)));
        kept.forget(1);
        assert!(one.page("/r").is_none() && one.blob(&id).is_none());
        assert_eq!(&*two.page("/r").unwrap().body, b"theirs");
    }

    #[test]
    fn what_is_large_or_was_not_had_is_not_kept_and_the_whole_is_bounded() {
        let kept = Kept::new();
        let shelf = Shelf::new(kept.clone(), 1);
        let large = vec![0; LARGEST + 1];
        shelf.keep_page("/r", page(&large));
        shelf.keep_blob(&sha('a'), &Content::Loaded(large[..].into()));
        shelf.keep_blob(&sha('b'), &Content::Missing("not now".into()));
        assert!(
            shelf.page("/r").is_none() && shelf.blob(&sha('a')).is_none() && shelf.blob(&sha('b')).is_none()
        );
        for n in 0..200 {
            shelf.keep_page(&format!("/{n}"), page(&large[..LARGEST]));
        }
        assert!(kept.pages.weight() <= PAGES, "{}", kept.pages.weight());
    }
}

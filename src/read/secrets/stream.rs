//! Searching files of any size in little memory: a window slides over the bytes, and each credential is told once,
//! with its place.

use std::io::{self, ErrorKind, Read};

use super::encoding::Utf8;
use super::setting::Setting;
use super::{Secret, scan_in};

/// So much is looked at in one go; most files are shorter.
const WINDOW: usize = 2 * 1024 * 1024;
/// A credential and what is beside it stand within so many bytes before and behind its start: the longest private key
/// that is read has 64 KiB.
const BEFORE: usize = 8 * 1024;
const AFTER: usize = 128 * 1024;

/// A credential in a stream, with its place.
#[derive(Debug)]
pub struct Hit {
    /// Its rule, level and identity; the range is that within the window and of no use.
    pub secret: Secret,
    /// Its first line, from 1.
    pub line: usize,
    /// Its first character in that line, from 1. Bytes that are no UTF-8 count as characters unless they could
    /// continue one.
    pub column: usize,
    /// The first character behind it, or behind its first line if it goes on in the next.
    pub end_column: usize,
}

/// Finds the credentials of a stream and calls `each` with them in their order. UTF-16 with its mark is read as text.
///
/// A `scratch` that is used again saves its memory being set up anew; it grows to some two MiB however long the
/// stream is.
///
/// # Errors
///
/// What the reader fails with; what was found before was told.
pub fn scan_stream(
    setting: &Setting,
    reader: impl Read,
    scratch: &mut Vec<u8>,
    mut each: impl FnMut(Hit),
) -> io::Result<()> {
    scratch.clear();
    let mut reader = Utf8::new(reader);
    let mut start = Place { line: 1, column: 1 };
    // What lies before was searched and is there only to be seen beside what follows.
    let mut from = 0;
    loop {
        let ended = fill(&mut reader, scratch)?;
        let until = if ended { scratch.len() } else { scratch.len() - AFTER };
        let (mut here, mut counted) = (start, 0);
        for secret in scan_in(setting, scratch) {
            if (from..until).contains(&secret.range.start) {
                here.pass(&scratch[counted..secret.range.start]);
                (counted, from) = (secret.range.start, secret.range.end);
                each(here.hit(secret, scratch));
            }
        }
        if ended {
            return Ok(());
        }
        // What goes on behind the limit was told whole and is not told again.
        from = from.max(until);
        let forgotten = from.saturating_sub(BEFORE);
        start.pass(&scratch[..forgotten]);
        scratch.drain(..forgotten);
        from -= forgotten;
    }
}

/// Reads until the window is full; whether the stream has ended.
fn fill(reader: &mut impl Read, window: &mut Vec<u8>) -> io::Result<bool> {
    let mut filled = window.len();
    loop {
        if filled == WINDOW {
            return Ok(false);
        }
        if filled == window.len() {
            window.resize((filled * 2).clamp(64 * 1024, WINDOW), 0);
        }
        match reader.read(&mut window[filled..]) {
            Ok(0) => {
                window.truncate(filled);
                return Ok(true);
            }
            Ok(n) => filled += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// A line and the next character in it, both from 1.
#[derive(Debug, Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    fn pass(&mut self, bytes: &[u8]) {
        match memchr::memrchr(b'\n', bytes) {
            Some(last) => {
                self.line += memchr::memchr_iter(b'\n', bytes).count();
                self.column = 1 + characters(&bytes[last + 1..]);
            }
            None => self.column += characters(bytes),
        }
    }

    fn hit(&self, secret: Secret, bytes: &[u8]) -> Hit {
        let value = &bytes[secret.range.clone()];
        let first_line = &value[..memchr::memchr(b'\n', value).unwrap_or(value.len())];
        let end_column = self.column + characters(first_line);
        Hit { secret, line: self.line, column: self.column, end_column }
    }
}

/// Bytes that continue no character.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::template::make;
    use super::*;

    fn hits(bytes: &[u8]) -> Vec<(&'static str, usize, usize, usize)> {
        let mut found = Vec::new();
        let each = |hit: Hit| found.push((hit.secret.rule.id.as_str(), hit.line, hit.column, hit.end_column));
        scan_stream(&Setting::default(), bytes, &mut Vec::new(), each).unwrap();
        found
    }

    #[test]
    fn places_count_characters_and_a_line_may_be_longer_than_the_window() {
        let token = make("ghp_{an:30}{crc}", "a");
        let id = "github-personal-token";
        assert_eq!(hits(format!("\n\u{e9} = '{token}'\r\n").as_bytes()), [(id, 2, 6, 46)]);
        let mut line = vec![b' '; 5 * WINDOW];
        line.extend(token.bytes());
        assert_eq!(hits(&line), [(id, 1, 5 * WINDOW + 1, 5 * WINDOW + 41)]);
    }

    #[test]
    fn utf_16_is_read_as_text() {
        let text = make("\u{feff}a = 1\r\nb = \u{e9} ghp_{an:30}{crc}\r\n", "a");
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(hits(&bytes), [("github-personal-token", 2, 7, 47)]);
    }

    #[test]
    fn what_stands_across_the_limits_of_windows_is_told_once() {
        let token = make("ghp_{an:30}{crc}", "a");
        let key = make("{pem:RSA PRIVATE KEY:1190}", "a");
        for unit in [token, key] {
            for shift in [0, 1, unit.len() / 2, unit.len() - 1, unit.len() + 20] {
                for limit in [WINDOW - AFTER, WINDOW, 2 * (WINDOW - AFTER) - BEFORE] {
                    let mut bytes = vec![b'\n'; limit - shift];
                    bytes.extend(unit.bytes());
                    bytes.extend(vec![b'\n'; WINDOW]);
                    assert_eq!(hits(&bytes).len(), 1, "{shift} bytes before {limit}");
                }
            }
        }
    }

    #[test]
    fn the_memory_does_not_grow_with_the_stream() {
        let mut scratch = Vec::new();
        let bytes = io::repeat(b'x').take(10 * WINDOW as u64);
        scan_stream(&Setting::default(), bytes, &mut scratch, |_| panic!("nothing stands there")).unwrap();
        assert!(scratch.capacity() <= WINDOW);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn a_stream_tells_what_the_whole_text_does(gaps in proptest::collection::vec(0usize..700_000, 1..12), size in 1usize..60_000) {
            let mut bytes = Vec::new();
            for (n, gap) in gaps.iter().enumerate() {
                bytes.extend(b"word ".iter().cycle().take(*gap));
                bytes.extend(make(" ghp_{an:30}{crc}\n", &n.to_string()).bytes());
            }
            struct Slow<'a>(&'a [u8], usize);
            impl Read for Slow<'_> {
                fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                    let size = self.1.min(into.len());
                    self.0.read(&mut into[..size])
                }
            }
            let mut count = 0;
            scan_stream(&Setting::default(), Slow(&bytes, size), &mut Vec::new(), |_| count += 1).unwrap();
            prop_assert_eq!(count, scan_in(&Setting::default(), &bytes).len());
            prop_assert_eq!(count, gaps.len());
        }
    }
}

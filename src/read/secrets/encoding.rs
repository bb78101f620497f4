//! Texts in disguise: base 64 as it is found, and UTF-16, which some shells write where everyone else writes UTF-8.

use std::io::{self, Read};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Keys end on odd bits now and then, and line breaks eat padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes of a text in base 64, if it is one.
pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

/// Hands on what a reader gives; UTF-16 that begins with its byte order mark becomes UTF-8.
pub(super) struct Utf8<R> {
    inner: R,
    order: Option<Order>,
    /// What was read and not handed on yet.
    ready: Vec<u8>,
    at: usize,
    /// The half of a character whose other half is still to come.
    rest: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Not UTF-16: as it is.
    None,
    Little,
    Big,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, order: None, ready: Vec::new(), at: 0, rest: Vec::new() }
    }

    fn hand_on(&mut self, into: &mut [u8]) -> usize {
        let ready = &self.ready[self.at..];
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.at += count;
        count
    }

    /// Decodes the next piece; whether there was one.
    fn decode(&mut self, order: Order) -> io::Result<bool> {
        let mut piece = [0; 16 * 1024];
        let count = self.inner.read(&mut piece)?;
        self.rest.extend(&piece[..count]);
        let ended = count == 0;
        // A high surrogate is of no use without what follows.
        let mut whole = self.rest.len() / 2 * 2;
        let unit = |pair: &[u8]| match order {
            Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
            Order::Little | Order::None => u16::from_le_bytes([pair[0], pair[1]]),
        };
        if !ended && whole >= 2 && (0xd800..0xdc00).contains(&unit(&self.rest[whole - 2..whole])) {
            whole -= 2;
        }
        let units = self.rest[..whole].chunks_exact(2).map(unit);
        let text: String =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.rest.drain(..whole);
        self.ready = text.into_bytes();
        self.at = 0;
        Ok(!ended)
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.at < self.ready.len() || into.is_empty() {
                return Ok(self.hand_on(into));
            }
            match self.order {
                None => {
                    let count = self.inner.read(into)?;
                    self.order = Some(match into[..count] {
                        [0xff, 0xfe, ..] => Order::Little,
                        [0xfe, 0xff, ..] => Order::Big,
                        _ => return Ok(count).inspect(|_| self.order = Some(Order::None)),
                    });
                    self.rest.extend(&into[2..count]);
                }
                Some(Order::None) => return self.inner.read(into),
                Some(order) => {
                    if !self.decode(order)? && self.ready.is_empty() {
                        return Ok(0);
                    }
                }
            }
        }
    }
}

/// The same for bytes that are all there: `None` where they are not UTF-16.
pub fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let mut text = Vec::new();
    (marked && Utf8::new(bytes).read_to_end(&mut text).is_ok()).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(text: &str, big: bool) -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(into.len());
            self.0.read(&mut into[..size])
        }
    }

    proptest! {
        #[test]
        fn text_in_either_order_comes_out_as_it_went_in(text in "\\PC{0,300}", big: bool, size in 2usize..50) {
            let mut out = String::new();
            Utf8::new(Slow(&encode(&text, big), size)).read_to_string(&mut out).unwrap();
            prop_assert_eq!(out, text);
        }

        #[test]
        fn any_other_bytes_stay(bytes in proptest::collection::vec(any::<u8>(), 0..300), size in 2usize..50) {
            prop_assume!(from_utf16(&bytes).is_none());
            let mut out = Vec::new();
            Utf8::new(Slow(&bytes, size)).read_to_end(&mut out).unwrap();
            prop_assert_eq!(out, bytes);
        }
    }

    #[test]
    fn half_a_character_at_the_end_loses_nothing_before_it() {
        let mut bytes = encode("token", false);
        bytes.push(b'x');
        assert_eq!(from_utf16(&bytes).unwrap(), b"token");
    }
}

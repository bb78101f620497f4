//! The outermost SEQUENCE of keys in DER.

/// How a SEQUENCE begins.
pub(super) struct Sequence {
    /// Bytes before its content.
    header: usize,
    /// Bytes that it says it has in all.
    pub(super) declared: usize,
}

impl Sequence {
    /// The beginning of one of up to 64 KiB, whether all of it is there or not.
    pub(super) fn begun(bytes: &[u8]) -> Option<Self> {
        let (header, length) = match *bytes {
            [0x30, n @ ..=0x7f, ..] => (2, usize::from(n)),
            [0x30, 0x81, n, ..] => (3, usize::from(n)),
            [0x30, 0x82, high, low, ..] => (4, usize::from(high) << 8 | usize::from(low)),
            _ => return None,
        };
        Some(Self { header, declared: header + length })
    }
}

/// What a SEQUENCE holds, if the bytes are one and end with it.
pub(super) fn content(bytes: &[u8]) -> Option<&[u8]> {
    let sequence = Sequence::begun(bytes)?;
    (bytes.len() == sequence.declared).then(|| &bytes[sequence.header..])
}

/// Whether the bytes differ as those of keys do.
pub(super) fn is_varied(bytes: &[u8]) -> bool {
    bytes.iter().collect::<std::collections::BTreeSet<_>>().len() >= 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_read_in_each_form_of_its_length_and_only_whole() {
        for (header, length) in [(&[0x30, 5][..], 5), (&[0x30, 0x81, 200], 200), (&[0x30, 0x82, 1, 4], 260)] {
            let whole = [header, &vec![7; length]].concat();
            assert_eq!(content(&whole).map(<[u8]>::len), Some(length));
            assert!(content(&whole[..whole.len() - 1]).is_none());
            assert_eq!(Sequence::begun(header).map(|s| s.declared), Some(whole.len()));
        }
        assert!(
            content(&[0x31, 0]).is_none()
                && content(&[0x30, 0x83, 0, 0, 1]).is_none()
                && content(&[]).is_none()
        );
    }
}

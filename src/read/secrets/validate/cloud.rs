//! What the clouds write into the names of their keys.

/// The account's number in an AWS key id: bits 1 to 40 of what follows the four letters, read as base 32.
pub(super) fn account(id: &[u8]) -> Option<u64> {
    let mut bits = 0u64;
    for byte in id.get(4..14)? {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    // Ten characters are 50 bits; the number stands after the first.
    Some(bits >> 9 & 0xff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_the_documentation_key_is_known() {
        assert_eq!(account(concat!("AKIA", "IOSFODNN7", "EXAMPLE").as_bytes()), Some(581_039_954_779));
        assert_eq!(account(b"AKIA"), None);
    }
}

//! Check that a URL decodes to text.

/// Returns true if a path or query string decodes to UTF-8 without zero bytes.
///
/// The framework silently replaces or drops invalid UTF-8.
pub(super) fn is_text(encoded: &str) -> bool {
    if !encoded.contains('%') {
        return true;
    }
    let bytes = encoded.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high * 16 + low);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    !decoded.contains(&0) && std::str::from_utf8(&decoded).is_ok()
}

fn hex(digit: Option<&u8>) -> Option<u8> {
    let value = char::from(*digit?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_other_bytes() {
        for text in ["", "a=b", "q=%C3%A9", "q=100%", "q=%zz"] {
            assert!(is_text(text), "{text}");
        }
        for other in ["q=%ff", "q=%C3", "q=a%00b"] {
            assert!(!is_text(other), "{other}");
        }
    }
}

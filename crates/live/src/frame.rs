//! Events in the form of server-sent events.

use std::fmt::Write;

use bytes::Bytes;

/// Comment that keeps an idle connection open.
pub const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// An event as the bytes that go out, shared by all its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Position to resume from after it. None for a state that every connection is told again.
    pub position: Option<i64>,
    /// The event's lines.
    pub bytes: Bytes,
}

/// Text that is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of an event, a whole number of at least 0")]
pub struct InvalidPosition;

impl Frame {
    /// Writes an event. `data` may have several lines, as no JSON of a program has.
    pub fn new(position: Option<i64>, kind: &str, data: &str) -> Self {
        let mut text = String::with_capacity(data.len() + kind.len() + 48);
        if let Some(position) = position {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "id: {position}");
        }
        let _ = writeln!(text, "event: {kind}");
        for line in data.split(['\n', '\r']) {
            let _ = writeln!(text, "data: {line}");
        }
        text.push('\n');
        Self {
            position,
            bytes: text.into(),
        }
    }
}

/// Returns the line that says after how many milliseconds a reader connects again.
pub fn retry(milliseconds: u32) -> Bytes {
    format!("retry: {milliseconds}\n\n").into()
}

/// Reads the id of the last event that somebody has read.
///
/// # Errors
/// If it is no position.
pub fn position_of(text: &str) -> Result<i64, InvalidPosition> {
    let position = text.trim().parse().map_err(|_| InvalidPosition)?;
    if position < 0 {
        return Err(InvalidPosition);
    }
    Ok(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_is_written_with_its_id_kind_and_data() {
        let frame = Frame::new(Some(7), "order.placed", r#"{"order":1}"#);
        assert_eq!(
            &frame.bytes[..],
            b"id: 7\nevent: order.placed\ndata: {\"order\":1}\n\n"
        );
    }

    #[test]
    fn event_without_position_has_no_id() {
        let frame = Frame::new(None, "revenue", "{}");
        assert_eq!(&frame.bytes[..], b"event: revenue\ndata: {}\n\n");
    }

    #[test]
    fn line_break_in_data_begins_no_other_field() {
        let frame = Frame::new(None, "note", "a\nid: 9\r\nb");
        assert_eq!(
            &frame.bytes[..],
            b"event: note\ndata: a\ndata: id: 9\ndata: \ndata: b\n\n"
        );
    }

    #[test]
    fn position_is_a_whole_number_from_zero() {
        assert_eq!(position_of(" 12 "), Ok(12));
        assert_eq!(position_of("0"), Ok(0));
        for text in ["", "-1", "x", "1.5", "99999999999999999999"] {
            assert_eq!(position_of(text), Err(InvalidPosition), "{text}");
        }
    }
}

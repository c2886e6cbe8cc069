//! Quotes of tables: where a quoted field begins and ends.

/// State within a record: whether a quoted field is open.
#[derive(Default)]
pub(super) struct Quotes {
    state: QuoteState,
}

#[derive(Default, PartialEq)]
enum QuoteState {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// A quote within quotes: the end of the field, or the first half of a doubled one.
    QuoteInQuoted,
}

impl Quotes {
    /// Reads on.
    pub(super) fn scan(&mut self, bytes: &[u8], delimiter: u8) {
        for &byte in bytes {
            self.state = match (&self.state, byte) {
                (QuoteState::FieldStart, b'"') => QuoteState::Quoted,
                (QuoteState::Quoted, b'"') => QuoteState::QuoteInQuoted,
                (QuoteState::QuoteInQuoted, b'"') => QuoteState::Quoted,
                (QuoteState::Quoted, _) => QuoteState::Quoted,
                (_, byte) if byte == delimiter => QuoteState::FieldStart,
                _ => QuoteState::Plain,
            };
        }
    }

    /// Reports whether a quoted field is open.
    pub(super) fn open(&self) -> bool {
        self.state == QuoteState::Quoted
    }
}

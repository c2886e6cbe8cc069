//! Opening of files: what they are packed in, and the encoding of their text.

pub(super) mod archive;
pub(super) mod bounded;
pub(super) mod columnar;
pub(super) mod encoding;
mod pages;
pub(super) mod read_bytes;
pub(super) mod sheets;
pub(super) mod source;
pub(super) mod workbook;

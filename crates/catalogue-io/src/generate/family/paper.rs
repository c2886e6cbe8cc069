//! Families of what is written, printed and recorded.

use super::{Colours, EDITION, Family, LICENCE, Sizes, some};

pub(in crate::generate) const NOTEBOOK: Family = Family {
    key: "notebook",
    made: "material",
    materials: &["Recycled Paper", "Vegan Leather", "Linen", "Kraft Paper"],
    sizes: Sizes::Paper,
    colours: Colours::One,
    traits: &[
        some("pages", 95, &["64", "96", "128", "192", "240"]),
        some("ruling", 90, &["Lined", "Dotted", "Squared", "Blank"]),
        some(
            "binding",
            80,
            &["Thread-Bound", "Spiral", "Glued", "Stitched"],
        ),
    ],
    details: &[
        "It opens flat and takes fountain pen ink without bleeding.",
        "A ribbon marks the page.",
        "An error_handling at the back holds loose notes.",
        "The cover is foil-stamped.",
    ],
    maker_suffixes: &["Press", "Paper", "Stationery"],
};

pub(in crate::generate) const STATIONERY: Family = Family {
    key: "stationery",
    materials: &["Paper", "Vinyl", "Washi Paper", "Wood", "Metal", "Card"],
    sizes: Sizes::One,
    traits: &[
        some("pack size", 75, &["1", "2", "5", "10", "20", "50"]),
        LICENCE,
    ],
    details: &[
        "It makes a dull Monday a little better.",
        "The colours are lightfast.",
        "It is packed without plastic.",
        "It fits in any pencil case or letter.",
    ],
    ..NOTEBOOK
};

pub(in crate::generate) const POSTER: Family = Family {
    key: "poster",
    made: "material",
    materials: &[
        "Matt Paper",
        "Satin Paper",
        "Cotton Rag Paper",
        "Recycled Paper",
    ],
    sizes: Sizes::Poster,
    colours: Colours::One,
    traits: &[
        some("orientation", 90, &["Portrait", "Landscape"]),
        some("frame", 50, &["Unframed", "Black Frame", "Oak Frame"]),
        EDITION,
        LICENCE,
    ],
    details: &[
        "It is printed with pigment inks that last for decades.",
        "It travels rolled in a sturdy tube.",
        "A narrow white border leaves room for a frame.",
        "The paper is heavy and does not curl.",
    ],
    maker_suffixes: &["Prints", "Press", "Editions"],
};

pub(in crate::generate) const WALL_ART: Family = Family {
    key: "wall-art",
    materials: &["Canvas", "Aluminium", "Polyester", "Wood"],
    sizes: Sizes::Canvas,
    ..POSTER
};

pub(in crate::generate) const BOOK: Family = Family {
    key: "book",
    made: "format",
    materials: &["Hardcover", "Paperback", "Cloth-Bound Hardcover"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some(
            "pages",
            95,
            &["96", "128", "160", "224", "320", "416", "512"],
        ),
        some(
            "language",
            90,
            &["English", "German", "French", "Spanish", "Dutch"],
        ),
        EDITION,
    ],
    details: &[
        "It is richly illustrated throughout.",
        "A foreword by the creators tells how it came to be.",
        "The dust jacket folds out into a poster.",
        "It can be read without knowing what came before.",
    ],
    maker_suffixes: &["Press", "Books", "Publishing"],
};

pub(in crate::generate) const MUSIC: Family = Family {
    key: "music",
    made: "format",
    materials: &["Black Vinyl", "Coloured Vinyl", "Splatter Vinyl"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("discs", 90, &["1", "2", "3", "4"]),
        some(
            "playing time",
            70,
            &["42 min", "58 min", "74 min", "96 min"],
        ),
        EDITION,
    ],
    details: &[
        "The recording was remastered from the original tapes.",
        "Liner notes and sketches fill the booklet.",
        "Two tracks have never been released before.",
    ],
    maker_suffixes: &["Records", "Recordings"],
};

//! The category tree: departments, sections, and the product types that are sold in them.

use super::family::*;

/// A top category.
pub(super) struct Department {
    pub name: &'static str,
    pub sections: &'static [Section],
}

/// A category of the second level.
pub(super) struct Section {
    pub name: &'static str,
    pub types: &'static [ProductType],
}

/// A leaf of the tree, and what is sold there.
pub(super) struct ProductType {
    pub name: &'static str,
    /// As titles end.
    pub title: &'static str,
    /// As sentences say it, singular and without an article.
    pub noun: &'static str,
    /// Begins the SKU.
    pub code: &'static str,
    pub family: &'static Family,
    pub materials: &'static [&'static str],
    /// Middle price in whole euros.
    pub euros: u32,
    /// Weight of the type beside the others.
    pub weight: usize,
}

const fn dept(name: &'static str, sections: &'static [Section]) -> Department {
    Department { name, sections }
}

const fn sect(name: &'static str, types: &'static [ProductType]) -> Section {
    Section { name, types }
}

const fn kind(
    name: &'static str,
    title: &'static str,
    noun: &'static str,
    code: &'static str,
    family: &'static Family,
    euros: u32,
    weight: usize,
) -> ProductType {
    let materials = family.materials;
    ProductType {
        name,
        title,
        noun,
        code,
        family,
        materials,
        euros,
        weight,
    }
}

impl ProductType {
    /// The same, made of other materials than the rest of its family.
    const fn of(self, materials: &'static [&'static str]) -> Self {
        Self { materials, ..self }
    }
}

// A table, one type a line.
#[rustfmt::skip]
pub(super) const DEPARTMENTS: &[Department] = &[
    dept("Clothing", &[
        sect("T-Shirts", &[
            kind("Graphic T-Shirts", "T-Shirt", "T-shirt", "TSH", &APPAREL, 22, 90),
            kind("Oversized T-Shirts", "Oversized T-Shirt", "oversized T-shirt", "OVT", &APPAREL, 27, 25),
            kind("Long-Sleeve T-Shirts", "Long-Sleeve T-Shirt", "long-sleeve T-shirt", "LST", &APPAREL, 28, 20),
            kind("Ringer T-Shirts", "Ringer T-Shirt", "ringer T-shirt", "RNG", &APPAREL, 24, 12),
            kind("Tank Tops", "Tank Top", "tank top", "TNK", &APPAREL, 19, 12),
        ]),
        sect("Hoodies & Sweatshirts", &[
            kind("Pullover Hoodies", "Hoodie", "hoodie", "HOD", &APPAREL, 44, 35),
            kind("Zip Hoodies", "Zip Hoodie", "zip hoodie", "ZIP", &APPAREL, 49, 18),
            kind("Crewneck Sweatshirts", "Sweatshirt", "sweatshirt", "SWT", &APPAREL, 39, 18),
            kind("Knitted Jumpers", "Knitted Jumper", "knitted jumper", "JMP", &KNITWEAR, 48, 8),
        ]),
        sect("Jackets & Coats", &[
            kind("Bomber Jackets", "Bomber Jacket", "bomber jacket", "BMB", &OUTERWEAR, 79, 6).of(&["Polyester", "Recycled Nylon", "Satin"]),
            kind("Denim Jackets", "Denim Jacket", "denim jacket", "DNM", &OUTERWEAR, 74, 5).of(&["Denim", "Organic Denim"]),
            kind("Varsity Jackets", "Varsity Jacket", "varsity jacket", "VAR", &OUTERWEAR, 85, 5).of(&["Wool Blend", "Polyester"]),
            kind("Raincoats", "Raincoat", "raincoat", "RNC", &OUTERWEAR, 59, 3).of(&["Recycled Nylon", "Waxed Cotton", "Polyester"]),
        ]),
        sect("Headwear", &[
            kind("Baseball Caps", "Baseball Cap", "baseball cap", "CAP", &HEADWEAR, 22, 15),
            kind("Beanies", "Beanie", "beanie", "BNE", &HEADWEAR, 18, 14),
            kind("Bucket Hats", "Bucket Hat", "bucket hat", "BKT", &HEADWEAR, 21, 6),
        ]),
        sect("Socks & Slippers", &[
            kind("Crew Socks", "Crew Socks", "pair of crew socks", "SOC", &SOCKS, 11, 14),
            kind("Ankle Socks", "Ankle Socks", "pair of ankle socks", "ANK", &SOCKS, 9, 8),
            kind("Slippers", "Slippers", "pair of slippers", "SLP", &SLIPPERS, 24, 5),
        ]),
        sect("Nightwear", &[
            kind("Pyjama Sets", "Pyjama Set", "pyjama set", "PYJ", &APPAREL, 38, 8),
            kind("Dressing Gowns", "Dressing Gown", "dressing gown", "GWN", &APPAREL, 52, 4),
        ]),
        sect("Children's Clothing", &[
            kind("Children's T-Shirts", "Children's T-Shirt", "children's T-shirt", "KTS", &CHILDREN, 16, 14),
            kind("Children's Hoodies", "Children's Hoodie", "children's hoodie", "KHD", &CHILDREN, 29, 7),
            kind("Baby Bodysuits", "Baby Bodysuit", "baby bodysuit", "BBY", &BABY, 14, 6),
        ]),
        sect("Cosplay", &[
            kind("Cosplay Costumes", "Cosplay Costume", "cosplay costume", "COS", &COSTUME, 95, 8),
            kind("Cloaks & Capes", "Cloak", "cloak", "CLK", &COSTUME, 64, 6),
            kind("Cosplay Wigs", "Cosplay Wig", "cosplay wig", "WIG", &WIG, 29, 5),
        ]),
    ]),
    dept("Accessories", &[
        sect("Bags", &[
            kind("Backpacks", "Backpack", "backpack", "BPK", &BAG, 49, 12),
            kind("Tote Bags", "Tote Bag", "tote bag", "TOT", &BAG, 15, 18),
            kind("Messenger Bags", "Messenger Bag", "messenger bag", "MSG", &BAG, 45, 6),
            kind("Drawstring Bags", "Drawstring Bag", "drawstring bag", "DRW", &BAG, 13, 6),
            kind("Pencil Cases & Pouches", "Pouch", "pouch", "POU", &POUCH, 11, 8),
        ]),
        sect("Jewellery", &[
            kind("Necklaces", "Necklace", "necklace", "NCK", &JEWELLERY, 29, 12),
            kind("Earrings", "Earrings", "pair of earrings", "EAR", &JEWELLERY, 19, 12),
            kind("Rings", "Ring", "ring", "RIN", &RING, 32, 7),
            kind("Bracelets", "Bracelet", "bracelet", "BRC", &JEWELLERY, 22, 9),
            kind("Brooches", "Brooch", "brooch", "BRO", &JEWELLERY, 18, 4),
        ]),
        sect("Pins & Patches", &[
            kind("Enamel Pins", "Enamel Pin", "enamel pin", "PIN", &PIN, 9, 40).of(&["Hard Enamel", "Soft Enamel"]),
            kind("Button Badges", "Button Badge", "button badge", "BDG", &PIN, 3, 20).of(&["Tinplate", "Recycled Steel"]),
            kind("Embroidered Patches", "Embroidered Patch", "embroidered patch", "PAT", &PATCH, 6, 15),
        ]),
        sect("Keyrings & Lanyards", &[
            kind("Keyrings", "Keyring", "keyring", "KEY", &KEYRING, 8, 25).of(&["Zinc Alloy", "Wood", "Leather", "Rubber"]),
            kind("Acrylic Charms", "Acrylic Charm", "acrylic charm", "CHM", &KEYRING, 10, 18).of(&["Acrylic"]),
            kind("Lanyards", "Lanyard", "lanyard", "LAN", &KEYRING, 9, 8).of(&["Woven Polyester", "Recycled Polyester"]),
        ]),
        sect("Phone & Desk", &[
            kind("Phone Cases", "Phone Case", "phone case", "PHC", &PHONE_CASE, 19, 18).of(&["Polycarbonate", "Silicone", "Recycled Plastic"]),
            kind("Laptop Sleeves", "Laptop Sleeve", "laptop sleeve", "LAP", &TECH, 27, 5).of(&["Neoprene", "Felt", "Vegan Leather"]),
            kind("Mouse Mats", "Mouse Mat", "mouse mat", "MOU", &TECH, 14, 10).of(&["Neoprene", "Vegan Leather", "Cork"]),
            kind("Desk Mats", "Desk Mat", "desk mat", "DSK", &TECH, 26, 6).of(&["Neoprene", "Vegan Leather", "Felt"]),
        ]),
        sect("Wallets & Belts", &[
            kind("Wallets", "Wallet", "wallet", "WAL", &SMALL_LEATHER, 25, 8),
            kind("Card Holders", "Card Holder", "card holder", "CRH", &SMALL_LEATHER, 15, 5),
        ]),
        sect("Scarves & Umbrellas", &[
            kind("Scarves", "Scarf", "scarf", "SCF", &SCARF, 24, 8),
            kind("Bandanas", "Bandana", "bandana", "BND", &SCARF, 9, 4),
            kind("Umbrellas", "Umbrella", "umbrella", "UMB", &UMBRELLA, 24, 4),
        ]),
    ]),
    dept("Collectibles", &[
        sect("Figures", &[
            kind("Action Figures", "Action Figure", "action figure", "ACT", &FIGURE, 29, 28),
            kind("Chibi Figures", "Chibi Figure", "chibi figure", "CHB", &FIGURE, 16, 22),
            kind("Scale Figures", "Scale Figure", "scale figure", "SCL", &FIGURE, 119, 12),
            kind("Statues & Busts", "Statue", "statue", "STA", &FIGURE, 149, 6),
            kind("Miniature Sets", "Miniature Set", "miniature set", "MIN", &FIGURE, 34, 7),
        ]),
        sect("Props & Replicas", &[
            kind("Prop Replicas", "Prop Replica", "prop replica", "PRP", &REPLICA, 69, 8),
            kind("Replica Coins", "Replica Coin", "replica coin", "COI", &REPLICA, 12, 6).of(&["Zinc Alloy", "Brass", "Copper"]),
            kind("Masks & Helmets", "Mask", "mask", "MSK", &REPLICA, 48, 5).of(&["Resin", "Latex", "Plastic"]),
        ]),
        sect("Model Kits", &[
            kind("Plastic Model Kits", "Model Kit", "model kit", "MDL", &MODEL_KIT, 36, 10).of(&["Polystyrene"]),
            kind("Wooden Model Kits", "Wooden Model Kit", "wooden model kit", "WMK", &MODEL_KIT, 32, 4).of(&["Laser-Cut Plywood", "Beech Wood"]),
            kind("Resin Garage Kits", "Resin Kit", "resin kit", "RSN", &MODEL_KIT, 58, 3).of(&["Resin"]),
        ]),
        sect("Trading Cards", &[
            kind("Booster Packs", "Booster Pack", "booster pack", "BST", &TRADING_CARD, 5, 14),
            kind("Single Cards", "Collector Card", "collector card", "CRD", &TRADING_CARD, 4, 16),
            kind("Card Sleeves & Binders", "Card Binder", "card binder", "BIN", &TRADING_CARD, 18, 5).of(&["Polypropylene", "Vegan Leather"]),
        ]),
        sect("Vinyl Toys", &[
            kind("Blind Boxes", "Blind Box", "blind box", "BLB", &FIGURE, 10, 10),
            kind("Designer Vinyl", "Designer Vinyl Toy", "designer vinyl toy", "DVT", &FIGURE, 45, 5).of(&["Vinyl"]),
        ]),
    ]),
    dept("Home", &[
        sect("Mugs & Drinkware", &[
            kind("Mugs", "Mug", "mug", "MUG", &DRINKWARE, 13, 40),
            kind("Travel Mugs", "Travel Mug", "travel mug", "TMG", &BOTTLE, 21, 9),
            kind("Drinking Glasses", "Drinking Glass", "drinking glass", "GLS", &GLASS, 12, 10),
            kind("Water Bottles", "Water Bottle", "water bottle", "BTL", &BOTTLE, 20, 10),
            kind("Teapots", "Teapot", "teapot", "TPT", &DRINKWARE, 34, 3).of(&["Ceramic", "Stoneware", "Cast Iron"]),
        ]),
        sect("Kitchen", &[
            kind("Aprons", "Apron", "apron", "APR", &KITCHEN, 22, 5),
            kind("Coasters", "Coaster Set", "coaster set", "CST", &KITCHEN_TOOL, 13, 8).of(&["Cork", "Slate", "Bamboo", "Ceramic"]),
            kind("Tea Towels", "Tea Towel", "tea towel", "TTW", &KITCHEN, 11, 5),
            kind("Lunch Boxes", "Lunch Box", "lunch box", "LUN", &KITCHEN_TOOL, 17, 6).of(&["Stainless Steel", "Bamboo", "Recycled Plastic"]),
            kind("Cookie Cutters", "Cookie Cutter", "cookie cutter", "CKC", &KITCHEN_TOOL, 7, 4).of(&["Stainless Steel", "Copper"]),
        ]),
        sect("Bedding & Textiles", &[
            kind("Duvet Covers", "Duvet Cover", "duvet cover", "DUV", &BEDDING, 49, 7),
            kind("Cushions", "Cushion", "cushion", "CSH", &TEXTILE, 22, 14),
            kind("Blankets", "Blanket", "blanket", "BLK", &TEXTILE, 36, 9),
            kind("Towels", "Beach Towel", "beach towel", "TWL", &TEXTILE, 24, 6),
        ]),
        sect("Lighting & Candles", &[
            kind("Night Lights", "Night Light", "night light", "NGT", &LIGHT, 24, 7),
            kind("Desk Lamps", "Desk Lamp", "desk lamp", "LMP", &LIGHT, 42, 4),
            kind("Scented Candles", "Scented Candle", "scented candle", "CND", &CANDLE, 18, 8),
        ]),
        sect("Decoration", &[
            kind("Wall Clocks", "Wall Clock", "wall clock", "CLO", &DECOR, 29, 5).of(&["Wood", "Metal", "Glass"]),
            kind("Doormats", "Doormat", "doormat", "DMT", &DECOR, 24, 5).of(&["Coir", "Recycled Rubber"]),
            kind("Photo Frames", "Photo Frame", "photo frame", "FRM", &DECOR, 17, 4).of(&["Wood", "Metal"]),
            kind("Magnets", "Fridge Magnet", "fridge magnet", "MAG", &DECOR, 5, 14).of(&["Tinplate", "Acrylic", "Wood"]),
        ]),
        sect("Seasonal", &[
            kind("Tree Ornaments", "Tree Ornament", "tree ornament", "ORN", &SEASONAL, 11, 7),
            kind("Advent Calendars", "Advent Calendar", "advent calendar", "ADV", &SEASONAL, 34, 3).of(&["Card", "Wood"]),
        ]),
    ]),
    dept("Stationery", &[
        sect("Notebooks", &[
            kind("Hardcover Notebooks", "Notebook", "notebook", "NTB", &NOTEBOOK, 15, 15),
            kind("Spiral Notebooks", "Spiral Notebook", "spiral notebook", "SPN", &NOTEBOOK, 9, 8),
            kind("Sketchbooks", "Sketchbook", "sketchbook", "SKB", &NOTEBOOK, 14, 5),
        ]),
        sect("Writing", &[
            kind("Ballpoint Pens", "Ballpoint Pen", "ballpoint pen", "PEN", &STATIONERY, 5, 9).of(&["Metal", "Bamboo", "Recycled Plastic"]),
            kind("Pencil Sets", "Pencil Set", "pencil set", "PCL", &STATIONERY, 8, 6).of(&["Cedar Wood", "Lime Wood"]),
            kind("Erasers & Sharpeners", "Eraser", "eraser", "ERS", &STATIONERY, 3, 4).of(&["Natural Rubber"]),
        ]),
        sect("Stickers & Tape", &[
            kind("Sticker Sheets", "Sticker Sheet", "sticker sheet", "STK", &STATIONERY, 5, 30).of(&["Paper", "Vinyl"]),
            kind("Vinyl Stickers", "Vinyl Sticker", "vinyl sticker", "VST", &STATIONERY, 3, 25).of(&["Vinyl", "Holographic Vinyl"]),
            kind("Washi Tape", "Washi Tape", "roll of washi tape", "WSH", &STATIONERY, 5, 8).of(&["Washi Paper"]),
        ]),
        sect("Calendars & Planners", &[
            kind("Wall Calendars", "Wall Calendar", "wall calendar", "CAL", &STATIONERY, 16, 7).of(&["Recycled Paper", "Paper"]),
            kind("Planners", "Planner", "planner", "PLN", &NOTEBOOK, 19, 6),
        ]),
        sect("Cards & Paper", &[
            kind("Greeting Cards", "Greeting Card", "greeting card", "GRT", &STATIONERY, 4, 14).of(&["Card", "Recycled Card"]),
            kind("Postcards", "Postcard", "postcard", "PCD", &STATIONERY, 2, 10).of(&["Card", "Recycled Card"]),
            kind("Bookmarks", "Bookmark", "bookmark", "BKM", &STATIONERY, 4, 10).of(&["Card", "Metal", "Leather"]),
            kind("Wrapping Paper", "Wrapping Paper", "sheet of wrapping paper", "WRP", &STATIONERY, 5, 4).of(&["Recycled Paper", "Kraft Paper"]),
        ]),
    ]),
    dept("Posters & Art", &[
        sect("Posters", &[
            kind("Art Posters", "Art Poster", "art poster", "PST", &POSTER, 14, 35),
            kind("Map Posters", "Map Poster", "map poster", "MAP", &POSTER, 16, 8),
            kind("Character Posters", "Character Poster", "character poster", "CHP", &POSTER, 13, 14),
        ]),
        sect("Prints", &[
            kind("Giclée Prints", "Giclée Print", "giclée print", "GIC", &POSTER, 29, 8),
            kind("Canvas Prints", "Canvas Print", "canvas print", "CNV", &WALL_ART, 35, 7).of(&["Canvas"]),
            kind("Metal Prints", "Metal Print", "metal print", "MET", &WALL_ART, 44, 5).of(&["Aluminium", "Steel"]),
        ]),
        sect("Tapestries & Flags", &[
            kind("Wall Scrolls", "Wall Scroll", "wall scroll", "SCR", &WALL_ART, 22, 6).of(&["Polyester", "Linen"]),
            kind("Flags", "Flag", "flag", "FLG", &WALL_ART, 19, 4).of(&["Polyester", "Cotton"]),
        ]),
    ]),
    dept("Toys", &[
        sect("Plush", &[
            kind("Plush Toys", "Plush Toy", "plush toy", "PLU", &PLUSH, 22, 28),
            kind("Giant Plush", "Giant Plush Toy", "giant plush toy", "GPL", &PLUSH, 64, 4),
            kind("Plush Keychains", "Plush Keychain", "plush keychain", "PKC", &PLUSH, 10, 9),
        ]),
        sect("Puzzles", &[
            kind("Jigsaw Puzzles", "Jigsaw Puzzle", "jigsaw puzzle", "JIG", &PUZZLE, 17, 12),
            kind("Wooden Puzzles", "Wooden Puzzle", "wooden puzzle", "WPZ", &PUZZLE, 23, 4).of(&["Wood", "Birch Plywood"]),
        ]),
        sect("Building & Play", &[
            kind("Building Sets", "Building Set", "building set", "BLD", &PUZZLE, 45, 9).of(&["ABS", "Wood"]),
            kind("Play Sets", "Play Set", "play set", "PLY", &TOY, 32, 5),
            kind("Bath Toys", "Bath Toy", "bath toy", "BTH", &TOY, 9, 4).of(&["Silicone", "Natural Rubber"]),
        ]),
    ]),
    dept("Games", &[
        sect("Board Games", &[
            kind("Strategy Games", "Strategy Game", "strategy game", "STG", &GAME, 48, 7),
            kind("Cooperative Games", "Cooperative Game", "cooperative game", "COP", &GAME, 42, 6),
            kind("Party Games", "Party Game", "party game", "PTY", &GAME, 24, 6),
        ]),
        sect("Card Games", &[
            kind("Deck-Building Games", "Deck-Building Game", "deck-building game", "DCK", &GAME, 34, 5),
            kind("Playing Cards", "Playing Cards", "deck of playing cards", "PLC", &GAME, 11, 9).of(&["Linen Card", "Plastic"]),
        ]),
        sect("Role-Playing", &[
            kind("Rulebooks", "Rulebook", "rulebook", "RUL", &BOOK, 39, 6),
            kind("Dice Sets", "Dice Set", "dice set", "DIC", &DICE, 16, 14),
            kind("Dice Trays", "Dice Tray", "dice tray", "TRY", &GAME_GEAR, 22, 5).of(&["Walnut", "Vegan Leather", "Felt"]),
            kind("Play Mats", "Play Mat", "play mat", "MAT", &GAME_GEAR, 26, 6).of(&["Neoprene"]),
        ]),
    ]),
    dept("Books & Music", &[
        sect("Books", &[
            kind("Novels", "Novel", "novel", "NOV", &BOOK, 14, 18),
            kind("Art Books", "Art Book", "art book", "ABK", &BOOK, 38, 9),
            kind("Comics & Graphic Novels", "Graphic Novel", "graphic novel", "CMC", &BOOK, 17, 16),
            kind("Cookbooks", "Cookbook", "cookbook", "CKB", &BOOK, 24, 3),
        ]),
        sect("Music", &[
            kind("Vinyl Records", "Soundtrack Vinyl", "soundtrack on vinyl", "VIN", &MUSIC, 32, 8),
            kind("CDs", "Soundtrack CD", "soundtrack CD", "CDS", &MUSIC, 15, 6).of(&["Polycarbonate"]),
        ]),
    ]),
    dept("Pets", &[
        sect("Pet Supplies", &[
            kind("Pet Bandanas", "Pet Bandana", "pet bandana", "PBD", &PET, 10, 4).of(&["Cotton", "Linen"]),
            kind("Pet Bowls", "Pet Bowl", "pet bowl", "PBW", &PET, 16, 3).of(&["Ceramic", "Stainless Steel"]),
            kind("Collars & Leads", "Pet Collar", "pet collar", "PCO", &PET, 15, 3).of(&["Nylon", "Leather", "Canvas"]),
        ]),
    ]),
];

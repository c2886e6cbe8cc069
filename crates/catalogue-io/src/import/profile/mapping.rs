//! Mapping of columns to their uses: by the options, by the profile, and by what is never public.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::fields::{Field, MappedColumn, Use, ValueKind};
use super::known::{Others, Profile};
use super::names::{after_prefix, matches, plain, readable};
use super::private::{is_private, is_private_attribute};

/// More column names than any real file has; past it, none is remembered.
const MOST_REMEMBERED: usize = 100_000;

/// Columns of several images, as in `img_500x500` or `image_2`.
const IMAGE_PREFIXES: &[&str] = &["img_", "image_", "picture_", "photo_"];
const OPTION_PREFIXES: &[&str] = &["option_", "option:", "option."];
/// Type of an attribute's values by the prefix of its column.
const ATTRIBUTE_PREFIXES: &[(&str, ValueKind)] = &[
    ("attr_t_", ValueKind::Text),
    ("attr_n_", ValueKind::Number),
    ("attr_b_", ValueKind::Truth),
    ("attr_", ValueKind::Text),
    ("attribute:", ValueKind::Text),
    ("param:", ValueKind::Text),
];
/// Columns of no use to shoppers in any system.
const TECHNICAL: &[&str] = &[
    "url",
    "link",
    "meta",
    "meta_title",
    "meta_description",
    "meta_keywords",
    "seo_title",
    "seo_description",
    "updated_at",
    "discountpercentage",
    "thumbnail",
    "qr_code",
    "qrcode",
    "image_alt",
    "sort_order",
    "position",
    "tax_class",
    "tax_rate",
    "dimensions",
    "objectid",
    "video",
    "videos",
];

/// Finds the use of each column, and remembers it.
pub(in crate::import) struct Mapping {
    /// Uses by the option `--map`.
    mapped: HashMap<String, Vec<(Field, usize)>>,
    /// Fields that `--map` gives columns to.
    claimed: HashSet<Field>,
    ignored: HashSet<String>,
    profile: Arc<Profile>,
    remembered: HashMap<Arc<str>, Arc<Use>>,
}

impl Mapping {
    pub(in crate::import) fn new(
        profile: Arc<Profile>,
        mapped: &[MappedColumn],
        ignored: &[String],
    ) -> Self {
        let mut by_option: HashMap<String, Vec<(Field, usize)>> = HashMap::new();
        let mut claimed = HashSet::new();
        for (rank, own) in mapped.iter().enumerate() {
            if let Some(field) = Field::of_name(own.field) {
                claimed.insert(field);
                by_option
                    .entry(plain(&own.column))
                    .or_default()
                    .push((field, rank));
            }
        }
        Self {
            mapped: by_option,
            claimed,
            ignored: ignored.iter().map(|name| plain(name)).collect(),
            profile,
            remembered: HashMap::new(),
        }
    }

    pub(in crate::import) fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// Use of a column.
    pub(in crate::import) fn use_of(&mut self, column: &Arc<str>) -> Arc<Use> {
        if let Some(known) = self.remembered.get(column) {
            return known.clone();
        }
        let found = Arc::new(self.find(column));
        if self.remembered.len() < MOST_REMEMBERED {
            self.remembered.insert(column.clone(), found.clone());
        }
        found
    }

    /// Reports whether a column that was seen is this field.
    pub(in crate::import) fn has(&self, wanted: Field) -> bool {
        self.remembered.values().any(|column_use| {
            matches!(&**column_use, Use::Fields(fields) if fields.iter().any(|(field, _)| *field == wanted))
        })
    }

    /// Every column that was seen, with its use, by name.
    pub(in crate::import) fn seen(&self) -> Vec<(Arc<str>, Arc<Use>)> {
        let mut seen: Vec<_> = self
            .remembered
            .iter()
            .map(|(name, column_use)| (name.clone(), column_use.clone()))
            .collect();
        seen.sort_by(|(one, _), (other, _)| one.cmp(other));
        seen
    }

    fn find(&self, column: &str) -> Use {
        let name = plain(column);
        if name.is_empty() || self.ignored.contains(&name) {
            return Use::Ignored;
        }
        if let Some(fields) = self.mapped.get(&name) {
            return Use::Fields(fields.clone());
        }
        let profile = &*self.profile;
        if any_matches(&profile.private, &name) {
            return Use::Private;
        }
        if any_matches(&profile.technical, &name) {
            return Use::Technical;
        }
        if let Some(fields) = self.fields_of(&name) {
            return fields;
        }
        if let Some(numbered) = self.numbered(&name) {
            return numbered;
        }
        if let Some(option) = named_column(&profile.options, &name, column) {
            return match is_private_attribute(&plain(&option), ValueKind::Text) {
                true => Use::Private,
                false => Use::Option(option, false),
            };
        }
        if let Some(attribute) = named_column(&profile.attributes, &name, column) {
            return match is_private_attribute(&plain(&attribute), ValueKind::Text)
                || has_private_address(column)
            {
                true => Use::Private,
                false => Use::Attribute(attribute, ValueKind::Text),
            };
        }
        let leaves_out = profile.others == Others::LeftOut;
        if let Some((attribute, kind)) = declared(column) {
            return match is_private_attribute(&plain(attribute), kind) {
                true => Use::Private,
                false if leaves_out => Use::Technical,
                false => Use::Attribute(readable(attribute), kind),
            };
        }
        if is_private(&name) {
            return Use::Private;
        }
        if leaves_out {
            return Use::Technical;
        }
        if let Some(option) = after_prefix(column, OPTION_PREFIXES) {
            return Use::Option(readable(option), true);
        }
        if TECHNICAL.contains(&name.as_str()) {
            return Use::Technical;
        }
        if let Some(rank) = image_rank(&name) {
            return Use::Fields(vec![(Field::Images, rank)]);
        }
        Use::Attribute(readable(column), ValueKind::Text)
    }

    fn fields_of(&self, name: &str) -> Option<Use> {
        let mut found = Vec::new();
        for (field_name, columns) in &self.profile.fields {
            let Some(field) = Field::of_name(field_name) else {
                continue;
            };
            if self.claimed.contains(&field) {
                continue;
            }
            for (rank, pattern) in columns.iter().enumerate() {
                if let Some(found_name) = matches(pattern, name) {
                    let number = found_name.number.unwrap_or_default() as usize;
                    found.push((field, rank * 100 + number.min(99)));
                    break;
                }
            }
        }
        (!found.is_empty()).then_some(Use::Fields(found))
    }

    fn numbered(&self, name: &str) -> Option<Use> {
        let numbered = &self.profile.numbered;
        let number = |patterns: &[String]| {
            patterns
                .iter()
                .find_map(|pattern| matches(pattern, name))
                .map(|found| found.number.unwrap_or_default())
        };
        number(&numbered.option_names)
            .map(Use::OptionName)
            .or_else(|| number(&numbered.option_values).map(Use::OptionValue))
            .or_else(|| number(&numbered.attribute_names).map(Use::AttributeName))
            .or_else(|| number(&numbered.attribute_values).map(Use::AttributeValue))
    }
}

fn any_matches(patterns: &[String], name: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| matches(pattern, name).is_some())
}

/// Name of an option or attribute by a list of `column`, `column=Name` or `prefix_*`.
fn named_column(list: &[String], name: &str, column: &str) -> Option<String> {
    list.iter().find_map(|entry| {
        let (pattern, given) = match entry.split_once('=') {
            Some((pattern, given)) => (pattern, Some(given)),
            None => (entry.as_str(), None),
        };
        let found = matches(pattern, name)?;
        let shown = match (given, found.text) {
            (Some(given), _) => given.to_owned(),
            (None, Some(rest)) => capital(&readable(&rest)),
            (None, None) => capital(&readable(&bare(column))),
        };
        Some(shown)
    })
}

/// A column's name without what stands in brackets behind it, such as the address of a Shopify metafield.
fn bare(column: &str) -> String {
    match column.split_once('(') {
        Some((before, _)) if !before.trim().is_empty() => before.trim().to_owned(),
        _ => column.trim().to_owned(),
    }
}

/// Name and type of the attribute that a column declares by its prefix.
fn declared(column: &str) -> Option<(&str, ValueKind)> {
    ATTRIBUTE_PREFIXES
        .iter()
        .find_map(|(prefix, kind)| Some((after_prefix(column, &[prefix])?, *kind)))
}

/// Reports whether the address in brackets behind a column's name, such as `(product.metafields.custom.cost)`, is that
/// of a private attribute.
fn has_private_address(column: &str) -> bool {
    let Some((_, address)) = column.split_once('(') else {
        return false;
    };
    let steps: Vec<&str> = address.trim_end_matches(')').split('.').collect();
    let is_private = |steps: &[&str]| {
        let name = plain(&steps.join("."));
        is_private_attribute(&name, ValueKind::Text)
    };
    // The key alone, and with its namespace.
    match steps.as_slice() {
        [.., namespace, key] => is_private(&[key]) || is_private(&[namespace, key]),
        _ => false,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn image_rank(name: &str) -> Option<usize> {
    let rest = after_prefix(name, IMAGE_PREFIXES)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // Behind the main image's names, in the order of their numbers.
    let number: usize = rest[..digits].parse().ok()?;
    Some(10_000 + number.min(100_000))
}

#[cfg(test)]
mod tests {
    use super::super::fields::parse_mapped;
    use super::super::known::{generic, named};
    use super::*;

    fn use_in(mapping: &mut Mapping, column: &str) -> Use {
        (*mapping.use_of(&Arc::from(column))).clone()
    }

    #[test]
    fn common_names_are_known() {
        let mut mapping = Mapping::new(generic(), &[], &["notes".to_owned()]);
        assert!(
            matches!(use_in(&mut mapping, "Manufacturer"), Use::Fields(fields) if fields[0].0 == Field::Brand)
        );
        assert!(
            matches!(use_in(&mut mapping, "Image URL"), Use::Fields(fields) if fields[0].0 == Field::Images)
        );
        assert_eq!(
            use_in(&mut mapping, "img_500x500"),
            Use::Fields(vec![(Field::Images, 10_500)])
        );
        assert_eq!(
            use_in(&mut mapping, "Option:Size"),
            Use::Option("Size".into(), true)
        );
        assert_eq!(use_in(&mut mapping, "Notes"), Use::Ignored);
        assert_eq!(use_in(&mut mapping, "Supplier"), Use::Private);
        assert_eq!(use_in(&mut mapping, "Cost per item"), Use::Private);
        assert_eq!(
            use_in(&mut mapping, "attr_n_weight__with_stand_"),
            Use::Attribute("weight with stand".into(), ValueKind::Number)
        );
        assert_eq!(
            use_in(&mut mapping, "size: EU"),
            Use::Attribute("size EU".into(), ValueKind::Text)
        );
        assert_eq!(
            use_in(&mut mapping, "é"),
            Use::Attribute("é".into(), ValueKind::Text)
        );
    }

    #[test]
    fn options_come_before_common_names() {
        let mapped = [
            parse_mapped("brand=supplier").unwrap(),
            parse_mapped("sku=name").unwrap(),
        ];
        let mut mapping = Mapping::new(generic(), &mapped, &[]);
        assert_eq!(
            use_in(&mut mapping, "supplier"),
            Use::Fields(vec![(Field::Brand, 0)])
        );
        assert_eq!(
            use_in(&mut mapping, "name"),
            Use::Fields(vec![(Field::Sku, 1)])
        );
        assert!(parse_mapped("colour=c").unwrap_err().contains("no field"));
        assert!(parse_mapped("brand").is_err());
    }

    #[test]
    fn declared_attributes_are_private_by_their_whole_name() {
        let mut mapping = Mapping::new(generic(), &[], &[]);
        let prefixes = [
            "attr_",
            "attr_t_",
            "attr_n_",
            "ATTR_B_",
            "attribute:",
            "Param:",
        ];
        for prefix in prefixes {
            for name in [
                "cost",
                "Margin",
                "profit margin",
                "Cost price",
                "wholesale_price",
                "supplier email",
                "supplier_sku",
                "vendor code",
                "cost per item",
                "gross_margin_percent",
                "unit cost (EUR)",
            ] {
                let column = format!("{prefix}{name}");
                assert_eq!(use_in(&mut mapping, &column), Use::Private, "{column}");
            }
            for name in [
                "print_margin_top__a4_",
                "bottom copy margin",
                "email protocols",
                "energy cost",
                "costume",
            ] {
                let column = format!("{prefix}{name}");
                let is_attribute = matches!(use_in(&mut mapping, &column), Use::Attribute(..));
                assert!(is_attribute, "{column}");
            }
        }
        assert_eq!(
            use_in(&mut mapping, "attr_b_e_mail"),
            Use::Attribute("e mail".into(), ValueKind::Truth)
        );
        assert_eq!(use_in(&mut mapping, "attr_t_e_mail"), Use::Private);
        // Of a column that declares nothing, each word counts.
        for column in [
            "print margin top",
            "email protocols",
            "option:margin",
            "supplierSku",
            "costPrice",
        ] {
            assert_eq!(use_in(&mut mapping, column), Use::Private, "{column}");
        }
    }

    #[test]
    fn profiles_declare_attributes_too() {
        let private = [
            ("shopify", "Margin (product.metafields.custom.margin)"),
            ("shopify", "Fabric (product.metafields.custom.supplier)"),
            ("shopify", "Marge (product.metafields.custom.profit_margin)"),
            ("shopify", "Wert (product.metafields.cost.value)"),
            ("ebay", "C:Cost price"),
            ("schema_org", "property:Supplier email"),
            ("yandex_yml", "param:Margin"),
        ];
        for (profile, column) in private {
            let mut mapping = Mapping::new(named(profile).unwrap(), &[], &[]);
            assert_eq!(use_in(&mut mapping, column), Use::Private, "{column}");
        }
        let public = [
            (
                "shopify",
                "Print margin (product.metafields.custom.print_margin)",
            ),
            ("ebay", "C:Print margin"),
            ("schema_org", "property:E-mail protocols"),
            ("yandex_yml", "param:Print margin"),
        ];
        for (profile, column) in public {
            let mut mapping = Mapping::new(named(profile).unwrap(), &[], &[]);
            let is_shown = matches!(
                use_in(&mut mapping, column),
                Use::Attribute(..) | Use::Option(..)
            );
            assert!(is_shown, "{column}");
        }
    }

    #[test]
    fn a_metafield_becomes_an_attribute_of_its_own_name() {
        let mut mapping = Mapping::new(named("shopify").unwrap(), &[], &[]);
        assert_eq!(
            use_in(&mut mapping, "Fabric (product.metafields.shopify.fabric)"),
            Use::Attribute("Fabric".into(), ValueKind::Text)
        );
        assert_eq!(use_in(&mut mapping, "Price / Kuwait"), Use::Technical);
    }
}

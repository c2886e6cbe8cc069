//! Visibility of a product and of its variants, by what their rows say.
//!
//! A product's own row governs the product; the row of a variant governs that variant only. Rows of an item group have
//! no product row: such a product is on sale while one of them is.

use std::collections::HashSet;

use super::columns::Columns;
use super::group::Group;
use super::kinds::Kind;
use super::words;
use crate::import::imported::Status;
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;

/// Visibility of a product.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Visibility {
    /// Status of the product; none if its rows say nothing.
    pub status: Option<Status>,
    /// Values of the product's own rows that are no known status.
    pub unknown: usize,
    /// Rows of variants that are not on sale.
    hidden: HashSet<usize>,
}

impl Visibility {
    /// Finds the visibility of a group; `soft` are the attributes that set its variants apart where no column is known
    /// to.
    pub(super) fn of(group: &Group<'_>, head: &Profile, soft: &HashSet<String>) -> Self {
        let kinds = group.order.iter().map(|index| group.parts[*index].kind);
        let Some(best) = kinds.min() else {
            return Self::default();
        };
        let of_items = (head.shared_title || group.generic) && !group.has_parent;
        let stands_alone = |index: usize| {
            let part = &group.parts[index];
            best == Kind::Variant
                || of_items && part.columns.get(Field::Group).is_some()
                || best == Kind::Product && part.columns.get(Field::Parent).is_some()
        };
        let repeats = group.same_again && soft.is_empty();
        let mut best_rows = group.order.clone();
        best_rows.retain(|index| group.parts[*index].kind == best);
        if !repeats {
            // Of several variants the first row is the product's.
            best_rows.sort_by_key(|index| (group.parts[*index].file, *index));
        }
        let owner = best_rows.iter().find(|index| !stands_alone(**index));
        let main = owner.or(best_rows.first().filter(|_| repeats)).copied();
        let mut found = Self::default();
        for index in best_rows {
            let is_own = main == Some(index) || !group.variants.contains(&index);
            if is_own {
                let (status, unknown) = of_product(&group.parts[index].columns);
                found.status = found.status.max(status);
                found.unknown += unknown;
            }
        }
        if !repeats {
            let alone = main.is_none();
            found.take_variants(group, main, alone, best);
        }
        found
    }

    /// Takes what rows of variants say of themselves.
    fn take_variants(&mut self, group: &Group<'_>, main: Option<usize>, alone: bool, best: Kind) {
        let mut on_sale = 0;
        let mut says_active = false;
        let mut least: Option<Status> = None;
        for &index in &group.variants {
            let part = &group.parts[index];
            let status = match Some(index) == main {
                true => None,
                false => of_variant(&part.columns, alone),
            };
            says_active |= status == Some(Status::Active);
            let Some(hidden) = status.filter(|status| *status != Status::Active) else {
                on_sale += 1;
                continue;
            };
            least = Some(least.map_or(hidden, |least| least.min(hidden)));
            // Rows that repeat the status of their product are not hidden in it.
            if part.kind > best || group.has_parent || self.status < Some(hidden) {
                self.hidden.insert(index);
            }
        }
        if on_sale == 0 {
            self.status = self.status.max(least);
            self.hidden.clear();
            if alone {
                let rows = group.variants.iter().map(|index| &group.parts[*index]);
                self.unknown += rows.map(|part| of_product(&part.columns).1).sum::<usize>();
            }
        } else if alone && self.status.is_none() && says_active {
            self.status = Some(Status::Active);
        }
    }

    /// Reports whether the variant of a row is not on sale.
    pub(super) fn hides(&self, index: usize) -> bool {
        self.hidden.contains(&index)
    }
}

/// Status by all that a product's row says: the most hidden counts. With it, the number of unknown values.
fn of_product(columns: &Columns) -> (Option<Status>, usize) {
    let said = [
        columns.text(Field::Status).map(|text| words::status(&text)),
        columns
            .text(Field::Published)
            .map(|text| words::published(&text)),
        columns
            .text(Field::Visible)
            .map(|text| words::visibility(&text)),
    ];
    let mut unknown = 0;
    let mut found = archived(columns);
    for status in said.into_iter().flatten() {
        unknown += usize::from(status.is_none());
        found = found.max(Some(status.unwrap_or(Status::Draft)));
    }
    (found, unknown)
}

/// Status by what a variant's row says. A variant below a product is often not visible by itself, which does not hide
/// it; one that stands alone is.
fn of_variant(columns: &Columns, alone: bool) -> Option<Status> {
    if alone {
        return of_product(columns).0;
    }
    let status = columns
        .text(Field::Status)
        .map(|text| words::status(&text).unwrap_or(Status::Draft));
    let published = columns
        .text(Field::Published)
        .map(|text| words::published(&text).unwrap_or(Status::Draft));
    let visible = columns
        .text(Field::Visible)
        .and_then(|text| words::truth(&text))
        .map(|truth| match truth {
            true => Status::Active,
            false => Status::Hidden,
        });
    [archived(columns), status, published, visible]
        .into_iter()
        .max()
        .flatten()
}

fn archived(columns: &Columns) -> Option<Status> {
    columns
        .text(Field::Archived)
        .and_then(|text| words::truth(&text))
        .filter(|archived| *archived)
        .map(|_| Status::Archived)
}

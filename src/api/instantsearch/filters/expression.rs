//! Conditions joined by and, or and not, and their conjunctive normal form.

use souk_domain::InvalidField;

/// Most clauses of the normal form.
const MAX_CLAUSES: usize = 200;
/// Most literals of all clauses.
const MAX_LITERALS: usize = 2_000;

/// Conditions, joined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// All of them hold.
    All(Vec<Expression>),
    /// Holds if any of them does.
    Any(Vec<Expression>),
    /// Holds if the other does not.
    Not(Box<Expression>),
    /// A single condition.
    Test(Test),
}

/// Condition on an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    /// Name, as it was written.
    pub(crate) attribute: String,
    /// Value or number that it must have.
    pub(crate) wanted: Wanted,
}

/// Value or number that an attribute must have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    /// An exact value.
    Value(String),
    /// A number that compares so.
    Number(Comparison, f64),
    /// A number from the first to the second, both inclusive.
    Between(f64, f64),
}

/// Comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

/// A condition or its negation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal {
    /// Condition.
    pub(crate) test: Test,
    /// True if it must not hold.
    pub(crate) negated: bool,
}

/// Alternatives, of which one has to hold.
pub(crate) type Clause = Vec<Literal>;

impl Expression {
    /// Returns the condition that an attribute has a value.
    pub(crate) fn value(attribute: &str, value: &str) -> Self {
        Self::Test(Test {
            attribute: attribute.to_owned(),
            wanted: Wanted::Value(value.to_owned()),
        })
    }

    /// Returns the negation.
    #[must_use]
    pub(crate) fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Returns the negation if `negated`.
    #[must_use]
    pub(crate) fn negated_if(self, negated: bool) -> Self {
        if negated { self.negated() } else { self }
    }

    /// Returns the conjunctive normal form: clauses that all have to hold.
    ///
    /// # Errors
    /// If that is too long.
    pub(crate) fn clauses(&self) -> Result<Vec<Clause>, InvalidField> {
        self.normal(false)
    }

    fn normal(&self, negated: bool) -> Result<Vec<Clause>, InvalidField> {
        let parts = |parts: &[Self]| {
            let parts = parts.iter().map(|part| part.normal(negated));
            parts.collect::<Result<Vec<_>, _>>()
        };
        let clauses = match (self, negated) {
            (Self::Test(test), negated) => vec![vec![Literal {
                test: test.clone(),
                negated,
            }]],
            (Self::Not(inner), negated) => inner.normal(!negated)?,
            (Self::All(inner), false) | (Self::Any(inner), true) => {
                parts(inner)?.into_iter().flatten().collect()
            }
            (Self::Any(inner), false) | (Self::All(inner), true) => {
                let mut joined = vec![vec![]];
                for part in parts(inner)? {
                    joined = product(&joined, &part)?;
                }
                joined
            }
        };
        checked(clauses)
    }
}

/// Each clause of the one together with each of the other.
fn product(one: &[Clause], other: &[Clause]) -> Result<Vec<Clause>, InvalidField> {
    if one.len().saturating_mul(other.len()) > MAX_CLAUSES {
        return Err(too_long());
    }
    let joined = one.iter().flat_map(|left| {
        let join = move |right: &Clause| left.iter().chain(right).cloned().collect();
        other.iter().map(join)
    });
    checked(joined.collect())
}

fn checked(clauses: Vec<Clause>) -> Result<Vec<Clause>, InvalidField> {
    let literals: usize = clauses.iter().map(Vec::len).sum();
    if clauses.len() > MAX_CLAUSES || literals > MAX_LITERALS {
        return Err(too_long());
    }
    Ok(clauses)
}

fn too_long() -> InvalidField {
    let message = format!(
        "are too many: written as conditions that all have to hold, they are more than {MAX_CLAUSES}, or hold more than \
         {MAX_LITERALS} alternatives"
    );
    InvalidField::new("filters", message)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Expressions over the attributes `a`, `b` and `c`, each of which has the value `1` or not.
    pub(crate) fn expressions() -> impl Strategy<Value = Expression> {
        let test = "[abc]".prop_map(|name| Expression::value(&name, "1"));
        test.prop_recursive(3, 12, 3, |inner| {
            let list = prop::collection::vec(inner.clone(), 1..3);
            prop_oneof![
                list.clone().prop_map(Expression::All),
                list.prop_map(Expression::Any),
                inner.prop_map(Expression::negated),
            ]
        })
    }

    /// Reports whether an expression holds where the named attributes have the value.
    pub(crate) fn holds(expression: &Expression, having: &[&str]) -> bool {
        match expression {
            Expression::All(parts) => parts.iter().all(|part| holds(part, having)),
            Expression::Any(parts) => parts.iter().any(|part| holds(part, having)),
            Expression::Not(part) => !holds(part, having),
            Expression::Test(test) => having.contains(&test.attribute.as_str()),
        }
    }

    /// Every choice of the attributes that have the value.
    pub(crate) fn choices() -> impl Iterator<Item = Vec<&'static str>> {
        (0..8).map(|bits| {
            let names = ["a", "b", "c"].into_iter().enumerate();
            let chosen = names.filter(move |(place, _)| bits & (1 << place) != 0);
            chosen.map(|(_, name)| name).collect()
        })
    }

    proptest! {
        #[test]
        fn the_normal_form_means_the_same(expression in expressions()) {
            let Ok(clauses) = expression.clauses() else { return Ok(()) };
            for having in choices() {
                let is_met = |literal: &Literal| {
                    having.contains(&literal.test.attribute.as_str()) != literal.negated
                };
                let all = clauses.iter().all(|clause| clause.iter().any(is_met));
                prop_assert_eq!(all, holds(&expression, &having), "{:?}", having);
            }
        }
    }

    #[test]
    fn a_form_that_explodes_is_refused() {
        let pair = Expression::All(vec![
            Expression::value("a", "1"),
            Expression::value("b", "1"),
        ]);
        assert!(Expression::Any(vec![pair.clone(); 7]).clauses().is_ok());
        assert!(Expression::Any(vec![pair; 8]).clauses().is_err());
    }
}

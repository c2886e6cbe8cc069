//! Search plan with everything that was looked up for it.

use sea_orm::ConnectionTrait;
use souk_domain::Sort;

use super::{
    categories::CategoryTree, filters::Clause, matching, merchandising::MerchandisingClauses,
    settings::Settings, text_match::TextMatch, variant_conditions::of_variants,
};
use crate::{
    SearchError, SearchPlan,
    engines::sql::{
        operators::{self, OperatorMatches},
        postgres::selectivity::Selectivity,
        sampling::CountStrategy,
        statement::Sql,
    },
};

/// Plan with the look-ups that its SQL needs.
pub(crate) struct Search<'a> {
    pub(crate) plan: &'a SearchPlan,
    pub(crate) tree: &'a CategoryTree,
    pub(crate) settings: &'a Settings,
    pub(crate) text: Option<TextMatch>,
    pub(crate) operators: OperatorMatches,
    pub(crate) clauses: Vec<Clause<'a>>,
    pub(crate) merchandising: MerchandisingClauses<'a>,
    /// Selectivity of words and tags; unknown on SQLite.
    pub(crate) selectivity: Selectivity,
}

impl<'a> Search<'a> {
    pub(crate) async fn new<C: ConnectionTrait>(
        connection: &C,
        plan: &'a SearchPlan,
        settings: &'a Settings,
        tree: &'a CategoryTree,
        selectivity: Selectivity,
    ) -> Result<Self, SearchError> {
        let text = match &plan.text {
            Some(text) => Some(matching::look_up(connection, plan, text, tree).await?),
            None => None,
        };
        Ok(Self {
            plan,
            tree,
            settings,
            text,
            operators: operators::look_up(connection, plan, tree).await?,
            clauses: Clause::all(plan.tenant, &plan.filters, settings, tree),
            merchandising: MerchandisingClauses::new(plan, settings, tree),
            selectivity,
        })
    }

    /// Filters of which a hit must have a variant that passes them all: those of the plan, and of rules that narrow it.
    pub(crate) fn of_variants(&self) -> Vec<&Clause<'a>> {
        of_variants(self.clauses.iter().chain(&self.merchandising.only))
    }

    /// Returns true if something besides text and filters narrows the result.
    pub(crate) fn narrows(&self) -> bool {
        self.merchandising.narrows() || !self.operators.is_empty()
    }

    /// Appends the further conditions that product `p` is not hidden, and that the operators of the text admit it.
    pub(crate) fn write_narrowing(&self, sql: &mut Sql) {
        self.merchandising.write_hidden(sql);
        self.operators.write(sql, self.plan);
    }

    /// Returns true if hits are ordered by what the row of their product has, whichever of its variants pass.
    pub(crate) fn is_key_a_column(&self) -> bool {
        let by_price = matches!(self.plan.sort, Sort::PriceAsc | Sort::PriceDesc);
        !by_price || self.of_variants().is_empty()
    }

    /// Returns true if all hits are counted and sorted: none is left out before the page is cut.
    pub(crate) fn is_ordered_whole(&self, strategy: &CountStrategy) -> bool {
        match strategy {
            CountStrategy::Exact => true,
            CountStrategy::Sampled(estimates) => {
                estimates.is_ranked_whole() && !self.plan.is_browse_steered()
            }
        }
    }
}

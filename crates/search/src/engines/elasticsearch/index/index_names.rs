//! Index names: `{prefix}-{tenant}-g{generation}`, behind the alias `{prefix}-{tenant}`.

use souk_domain::TenantId;

use crate::Generation;

/// Makes and reads names.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// Alias of a tenant's live index.
    pub(crate) fn alias(&self, tenant: TenantId) -> String {
        format!("{}-{tenant}", self.prefix)
    }

    pub(crate) fn index(&self, tenant: TenantId, Generation(generation): Generation) -> String {
        format!("{}-{tenant}-g{generation}", self.prefix)
    }

    /// All indexes of a tenant, as a pattern.
    pub(crate) fn all_of(&self, tenant: TenantId) -> String {
        format!("{}-{tenant}-g*", self.prefix)
    }

    /// All indexes and aliases of everyone, as a pattern.
    pub(crate) fn everything(&self) -> String {
        format!("{}-*", self.prefix)
    }

    /// Name of the template that keeps the cluster from creating such indexes by itself.
    pub(crate) fn template(&self) -> &str {
        &self.prefix
    }

    /// Generation of a tenant that an index name stands for.
    pub(crate) fn generation(&self, tenant: TenantId, index: &str) -> Option<Generation> {
        let number = index.strip_prefix(&format!("{}-{tenant}-g", self.prefix))?;
        number.parse().ok().map(Generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_generation() {
        let names = Names::new("souk");
        let index = names.index(TenantId(7), Generation(12));
        assert_eq!(index, "souk-7-g12");
        assert_eq!(names.generation(TenantId(7), &index), Some(Generation(12)));
        assert_eq!(names.generation(TenantId(1), &index), None);
        assert_eq!(names.generation(TenantId(7), "souk-7-gx"), None);
    }
}

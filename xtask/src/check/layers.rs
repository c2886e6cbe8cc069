//! Dependencies point one way: breaker, domain <- store <- search <- {API, indexer}, redis <- cache <- {API, indexer},
//! and redis <- rate-limit <- API.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::Metadata;

/// Dependencies that a crate of this workspace may and may not have, tests aside.
struct Layer {
    /// The crate.
    name: &'static str,
    /// The crates of this workspace that it may use directly. Whatever nobody lists is nobody's
    /// dependency: `souk-testkit` is for tests only, and `xtask` stands alone.
    may_use: &'static [&'static str],
    /// Crates from elsewhere that it must not reach, not even through others.
    never: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer {
        name: "souk-domain",
        may_use: &[],
        never: &[
            "tokio",
            "sea-orm",
            "sqlx",
            "tantivy",
            "poem",
            "hyper",
            "reqwest",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-config",
        may_use: &["souk-domain"],
        never: &[
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "hyper",
        ],
    },
    Layer {
        name: "souk-breaker",
        may_use: &[],
        never: &[
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "hyper",
            "reqwest",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-identity",
        may_use: &[],
        never: &[
            "tokio",
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "hyper",
            "reqwest",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-migrations",
        may_use: &[],
        never: &[
            "tantivy",
            "elasticsearch",
            "poem",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-store",
        may_use: &["souk-breaker", "souk-domain", "souk-identity"],
        never: &[
            "tantivy",
            "elasticsearch",
            "poem",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-embeddings",
        may_use: &[],
        never: &[
            "tokio",
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "hyper",
            "reqwest",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-search",
        may_use: &["souk-domain", "souk-embeddings", "souk-store"],
        never: &["poem", "prometheus-client", "opentelemetry"],
    },
    Layer {
        name: "souk-redis",
        may_use: &[],
        never: &[
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-live",
        may_use: &[],
        never: &[
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "hyper",
            "reqwest",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-rate-limit",
        may_use: &["souk-domain", "souk-redis"],
        never: &[
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-cache",
        may_use: &["souk-domain", "souk-redis"],
        never: &[
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-catalogue-io",
        may_use: &["souk-domain", "souk-store"],
        never: &[
            "tantivy",
            "elasticsearch",
            "poem",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        // It knows processes and protocols, and nothing of what Souk does.
        name: "souk-telemetry",
        may_use: &[],
        never: &["sea-orm", "sqlx", "tantivy", "elasticsearch", "poem"],
    },
    Layer {
        name: "souk-accounts",
        may_use: &[
            "souk-domain",
            "souk-identity",
            "souk-rate-limit",
            "souk-redis",
            "souk-store",
            "souk-telemetry",
        ],
        never: &["tantivy", "elasticsearch", "poem"],
    },
    Layer {
        name: "souk-papers",
        may_use: &["souk-domain"],
        never: &[
            "tokio",
            "sea-orm",
            "sqlx",
            "tantivy",
            "elasticsearch",
            "poem",
            "hyper",
            "reqwest",
            "prometheus-client",
            "opentelemetry",
        ],
    },
    Layer {
        name: "souk-commerce",
        may_use: &[
            "souk-domain",
            "souk-identity",
            "souk-papers",
            "souk-store",
            "souk-telemetry",
        ],
        never: &["tantivy", "elasticsearch", "poem"],
    },
    Layer {
        name: "souk-webhooks",
        may_use: &[],
        never: &["sea-orm", "sqlx", "tantivy", "elasticsearch", "poem"],
    },
    Layer {
        name: "souk-mail",
        may_use: &["souk-papers", "souk-store", "souk-telemetry"],
        never: &["tantivy", "elasticsearch", "poem"],
    },
    Layer {
        name: "souk-search-service",
        may_use: &[
            "souk-breaker",
            "souk-cache",
            "souk-domain",
            "souk-embeddings",
            "souk-redis",
            "souk-search",
            "souk-store",
            "souk-telemetry",
        ],
        never: &["poem"],
    },
    Layer {
        name: "souk-indexer",
        may_use: &[
            "souk-cache",
            "souk-config",
            "souk-domain",
            "souk-embeddings",
            "souk-redis",
            "souk-search",
            "souk-store",
            "souk-telemetry",
        ],
        never: &["poem"],
    },
    Layer {
        name: "souk",
        may_use: &[
            "souk-accounts",
            "souk-cache",
            "souk-catalogue-io",
            "souk-commerce",
            "souk-config",
            "souk-domain",
            "souk-embeddings",
            "souk-identity",
            "souk-indexer",
            "souk-live",
            "souk-mail",
            "souk-migrations",
            "souk-papers",
            "souk-rate-limit",
            "souk-redis",
            "souk-search",
            "souk-search-service",
            "souk-store",
            "souk-telemetry",
            "souk-webhooks",
        ],
        never: &[],
    },
    Layer {
        name: "souk-testkit",
        may_use: &["souk-domain", "souk-migrations"],
        never: &["poem"],
    },
    Layer {
        name: "souk-bench",
        may_use: &["souk-domain", "souk-search", "souk-store"],
        never: &[],
    },
    Layer {
        name: "souk-relevance",
        may_use: &[
            "souk-catalogue-io",
            "souk-domain",
            "souk-embeddings",
            "souk-indexer",
            "souk-migrations",
            "souk-search",
            "souk-search-service",
            "souk-store",
        ],
        never: &[],
    },
    Layer {
        name: "xtask",
        may_use: &[],
        // It is compiled before anything else on a fresh machine.
        never: &["tokio", "reqwest"],
    },
];

/// Dependencies of each crate by name, tests aside.
type Uses<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Every breach of the layers.
pub(super) fn complaints(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.by_id();
    let name = |id: &str| {
        packages
            .get(id)
            .map_or("?", |package| package.name.as_str())
    };
    let mut uses = Uses::new();
    for node in &metadata.resolve.nodes {
        let shipped = node
            .deps
            .iter()
            .filter(|dependency| dependency.is_shipped());
        uses.entry(name(&node.id))
            .or_default()
            .extend(shipped.map(|dependency| name(&dependency.pkg)));
    }
    let members = metadata
        .workspace_members
        .iter()
        .map(|id| name(id))
        .collect();
    breaches(LAYERS, &members, &uses)
}

fn breaches(layers: &[Layer], members: &BTreeSet<&str>, uses: &Uses<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for member in members {
        let Some(layer) = layers.iter().find(|layer| layer.name == *member) else {
            found.push(format!("{member} has no place in the layers; give it one"));
            continue;
        };
        let direct = uses.get(member).into_iter().flatten();
        for used in direct.filter(|used| members.contains(*used)) {
            if !layer.may_use.contains(used) {
                found.push(format!("{member} must not use {used}"));
            }
        }
        let reached = reachable(member, uses);
        for banned in layer
            .never
            .iter()
            .filter(|banned| reached.contains(*banned))
        {
            found.push(format!("{member} must not reach {banned}"));
        }
    }
    found
}

fn reachable<'a>(from: &'a str, uses: &Uses<'a>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        let fresh = uses
            .get(next)
            .into_iter()
            .flatten()
            .filter(|used| reached.insert(**used));
        open.extend(fresh);
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_LAYERS: &[Layer] = &[
        Layer {
            name: "low",
            may_use: &[],
            never: &["web"],
        },
        Layer {
            name: "high",
            may_use: &["low"],
            never: &[],
        },
    ];

    fn found(uses: &[(&'static str, &[&'static str])]) -> Vec<String> {
        let uses: Uses<'_> = uses
            .iter()
            .map(|(name, used)| (*name, used.iter().copied().collect()))
            .collect();
        breaches(TWO_LAYERS, &BTreeSet::from(["low", "high"]), &uses)
    }

    #[test]
    fn the_right_way_is_fine() {
        assert_eq!(
            found(&[("high", &["low", "web"]), ("low", &["json"])]),
            [""; 0]
        );
    }

    #[test]
    fn the_wrong_way_is_seen() {
        assert_eq!(found(&[("low", &["high"])]), ["low must not use high"]);
    }

    #[test]
    fn a_ban_holds_through_others() {
        let through_others = found(&[("low", &["helper"]), ("helper", &["web"])]);
        assert_eq!(through_others, ["low must not reach web"]);
    }

    #[test]
    fn a_crate_without_a_place_is_seen() {
        let members = BTreeSet::from(["stranger"]);
        let complaints = breaches(TWO_LAYERS, &members, &Uses::new());
        assert_eq!(
            complaints,
            ["stranger has no place in the layers; give it one"]
        );
    }

    #[test]
    fn the_layers_know_each_other() {
        for layer in LAYERS {
            for used in layer.may_use {
                assert!(LAYERS.iter().any(|other| other.name == *used), "{used}");
            }
        }
    }

    #[test]
    fn crate_for_tests_or_tasks_is_nobodys_dependency() {
        for tool in ["souk-testkit", "souk-bench", "xtask"] {
            assert!(LAYERS.iter().all(|layer| !layer.may_use.contains(&tool)));
        }
    }
}

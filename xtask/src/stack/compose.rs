//! `docker-compose.yml` describes the stack that is started natively: the same parts with the same settings.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use serde::Deserialize;
use serde_json::Value;

use super::name::Name;
use crate::{
    parts::{
        nginx::{Nginx, PASSIVE_CHECKS, TEMPLATE},
        prometheus,
        settings::{
            Addresses, ELASTICSEARCH_HEAP, PROMETHEUS, Purpose, Settings, api_environment,
            indexer_environment,
        },
    },
    process,
};

/// No distribution has a package of it, and nothing depends on it: it only draws.
const IN_CONTAINERS_ONLY: &str = "grafana";

#[derive(Deserialize)]
struct Compose {
    services: BTreeMap<String, Service>,
    volumes: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Service {
    image: String,
    #[serde(default)]
    command: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    ports: Vec<String>,
    volumes: Vec<String>,
    healthcheck: HealthCheck,
    restart: String,
    mem_limit: String,
    cap_drop: Vec<String>,
    #[serde(default)]
    cap_add: Vec<String>,
    security_opt: Vec<String>,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    depends_on: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    profiles: Vec<String>,
}

#[derive(Deserialize)]
struct HealthCheck {
    test: Vec<String>,
}

/// A file of the checkout.
pub(super) fn file(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(name)).unwrap()
}

fn compose() -> Compose {
    serde_saphyr::from_str(&file("docker-compose.yml")).unwrap()
}

fn pairs(settings: Settings) -> BTreeSet<(String, String)> {
    let pairs = settings.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn native() -> Addresses {
    Addresses {
        database: "postgres://souk@127.0.0.1:1/souk".to_owned(),
        elasticsearch: "http://127.0.0.1:2".to_owned(),
        redis: "redis://127.0.0.1:3".to_owned(),
    }
}

/// An address without what differs between a machine and a network of containers: password, host and port.
fn shape(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let path = place.split_once('/').map_or("", |(_, path)| path);
    format!("{scheme}:{path}")
}

#[test]
fn compose_file_has_the_same_parts() {
    let native: BTreeSet<_> = Name::ALL.iter().map(|name| name.key().to_owned()).collect();
    let mut services: BTreeSet<_> = compose().services.into_keys().collect();
    assert!(services.remove(IN_CONTAINERS_ONLY));
    assert_eq!(services, native);
}

#[test]
fn postgres_and_redis_are_set_up_alike() {
    let services = compose().services;
    let settings = services["postgres"].command[1..].chunks(2).map(|words| {
        assert_eq!(words[0], "-c");
        let (name, value) = words[1].split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    });
    assert_eq!(
        settings.collect::<BTreeSet<_>>(),
        pairs(Purpose::Use.postgres())
    );

    let settings = services["redis"].command[1..].chunks(2).map(|words| {
        let name = words[0].strip_prefix("--").unwrap();
        (name.to_owned(), words[1].clone())
    });
    assert_eq!(
        settings.collect::<BTreeSet<_>>(),
        pairs(Purpose::Use.redis())
    );
}

#[test]
fn elasticsearch_is_set_up_alike_and_of_the_same_version() {
    let node = &compose().services["elasticsearch"];
    for (name, value) in Purpose::Use.elasticsearch() {
        assert_eq!(node.environment[*name], *value);
    }
    assert_eq!(
        node.environment["ES_JAVA_OPTS"],
        ELASTICSEARCH_HEAP.join(" ")
    );
    let project = file("infrastructure/elasticsearch-local/pom.xml");
    let (_, version) = node.image.split_once(':').unwrap();
    let element = format!("<elasticsearch.version>{version}</elasticsearch.version>");
    assert!(project.contains(&element), "{version}");
}

#[test]
fn api_and_indexer_are_told_the_same() {
    let services = compose().services;
    let api = api_environment(&native(), "127.0.0.1:3000", "", "data", "");
    let native = [
        ("api", api.clone()),
        ("api-2", api.clone()),
        ("api-3", api),
        ("indexer", indexer_environment(&native(), "", "data")),
    ];
    for (service, expected) in native {
        let environment = &services[service].environment;
        let names: BTreeSet<_> = environment.keys().map(String::as_str).collect();
        assert_eq!(names, expected.iter().map(|(name, _)| *name).collect());
        for (name, value) in expected.iter().filter(|(name, _)| name.ends_with("_URL")) {
            assert_eq!(shape(&environment[*name]), shape(value), "{service} {name}");
        }
        assert_eq!(environment["ELASTICSEARCH_REPLICAS"], "0", "{service}");
    }
}

#[test]
fn the_commands_are_the_same() {
    let services = compose().services;
    assert_eq!(services["api"].command, ["souk", "serve"]);
    assert_eq!(services["indexer"].command, ["souk-indexer", "run"]);
}

#[test]
fn every_part_is_watched_bounded_and_kept() {
    let compose = compose();
    for (name, service) in &compose.services {
        assert!(service.healthcheck.test.len() > 1, "{name}");
        assert!(service.healthcheck.test[0].starts_with("CMD"), "{name}");
        assert_eq!(service.restart, "unless-stopped", "{name}");
        assert!(!service.mem_limit.is_empty(), "{name}");
        let (_, tag) = service.image.rsplit_once(':').expect("a version");
        assert_ne!(tag, "latest", "{name}");
        let volume = service.volumes[0].split(':').next().unwrap();
        assert!(compose.volumes.contains_key(volume), "{name}");
    }
}

#[test]
fn containers_are_confined() {
    for (name, service) in compose().services {
        assert_eq!(service.cap_drop, ["ALL"], "{name}");
        assert_eq!(service.security_opt, ["no-new-privileges:true"], "{name}");
        let own = matches!(name.as_str(), "api" | "api-2" | "api-3" | "indexer");
        assert!(service.read_only || !own, "{name}");
        assert!(service.cap_add.is_empty() || !own, "{name}");
        for capability in service.cap_add {
            assert!(!capability.starts_with("SYS_"), "{name}: {capability}");
        }
    }
}

#[test]
fn secrets_have_no_default_and_the_script_makes_each() {
    let compose = file("docker-compose.yml");
    // Doubled, it is for the shell in the container.
    let compose = compose.replace("$$", "");
    let variables = compose.split("${").skip(1);
    let variables: BTreeSet<_> = variables
        .map(|rest| rest.split_once('}').unwrap().0)
        .collect();
    let (mut needed, mut words) = (BTreeSet::new(), BTreeSet::new());
    for variable in variables {
        if let Some((name, _)) = variable.split_once(":?") {
            needed.insert(name);
        } else {
            let name = variable.split(':').next().unwrap();
            assert!(!name.contains("PASSWORD"), "{name} has a default");
            words.insert(name);
        }
    }
    assert_eq!(needed.len(), 3, "{needed:?}");

    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("env");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infrastructure/docker/make-env");
    let make = || process::output(Command::new(&script).arg(&made));
    make().unwrap();
    let text = fs::read_to_string(&made).unwrap();
    let set = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('=').unwrap());
    let set: BTreeMap<_, _> = set.collect();
    for name in needed.iter().chain(set.keys()) {
        assert_eq!(set[name].len(), 32, "{name}");
        assert!(needed.contains(name) || words.contains(name), "{name}");
    }
    let different: BTreeSet<_> = set.values().collect();
    assert_eq!(different.len(), set.len());
    let mode = fs::metadata(&made).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(make().is_err(), "what is there is kept");
    assert_eq!(fs::read_to_string(&made).unwrap(), text);
}

#[test]
fn a_part_waits_until_what_it_needs_is_healthy() {
    let compose = compose();
    let order: Vec<_> = Name::ALL.iter().map(|name| name.key()).collect();
    let place = |name: &str| order.iter().position(|other| *other == name).unwrap();
    for name in ["api", "indexer", "api-2", "api-3", "edge"] {
        let needed = &compose.services[name].depends_on;
        assert!(needed.len() >= 3, "{name}");
        for (other, how) in needed {
            assert_eq!(how["condition"], "service_healthy", "{name} needs {other}");
            assert!(place(other) < place(name), "{name} needs {other}");
        }
    }
}

#[test]
fn only_what_people_look_at_is_reachable_and_only_from_here() {
    for (name, service) in compose().services {
        let expected: &[&str] = match name.as_str() {
            "api" => &["${SOUK_BIND:-127.0.0.1}:${SOUK_PORT:-3000}:3000"],
            "edge" => &["${SOUK_BIND:-127.0.0.1}:${SOUK_EDGE_PORT:-8080}:80"],
            // Whatever is published, these are not.
            "prometheus" => &["127.0.0.1:${SOUK_PROMETHEUS_PORT:-9090}:9090"],
            "grafana" => &["127.0.0.1:${SOUK_GRAFANA_PORT:-3030}:3000"],
            _ => &[],
        };
        assert_eq!(service.ports, expected, "{name}");
    }
}

#[test]
fn the_front_tier_and_what_watches_are_there_when_they_are_asked_for() {
    for (name, service) in compose().services {
        let known = Name::ALL.into_iter().find(|known| known.key() == name);
        let expected: &[&str] = match known {
            Some(name) if name.is_of_edge() => &["edge"],
            Some(name) if name.is_of_observers() => &["observe"],
            None => &["observe"],
            Some(_) => &[],
        };
        assert_eq!(service.profiles, expected, "{name}");
    }
}

#[test]
fn prometheus_is_set_up_from_the_same_folder_with_the_same_settings() {
    let services = compose().services;
    let prometheus = &services["prometheus"];
    let mounted = format!("./{}:/etc/prometheus:ro", prometheus::FOLDER);
    assert!(prometheus.volumes.contains(&mounted));
    for (name, value) in PROMETHEUS {
        let setting = format!("--{name}={value}");
        assert!(prometheus.command.contains(&setting), "{setting}");
    }
    let place = |name: &str| {
        let listen = &services[name].environment["SOUK_METRICS_LISTEN"];
        listen.replace("0.0.0.0", name)
    };
    let targets = |file: &str| file_of_setup(&format!("targets/{file}"));
    for api in Name::APIS {
        assert!(targets("api.yml").contains(&format!("\"{}\"", place(api.key()))));
    }
    assert!(targets("indexer.yml").contains(&format!("\"{}\"", place("indexer"))));
    // Where it listens unless it is told otherwise.
    assert!(targets("prometheus.yml").contains("\"localhost:9090\""));
    let told = |word: &String| word.starts_with("--web.listen-address");
    assert!(!prometheus.command.iter().any(told));
}

fn file_of_setup(name: &str) -> String {
    file(&format!("{}/{name}", prometheus::FOLDER))
}

#[test]
fn the_front_tier_is_set_up_from_the_same_file_with_the_same_variables() {
    let edge = &compose().services["edge"];
    let mounted = format!("./{TEMPLATE}:/etc/nginx/templates/nginx.conf.template:ro");
    assert!(edge.volumes.contains(&mounted));
    let nginx = Nginx {
        program: "nginx".into(),
        template: TEMPLATE.into(),
        folder: "folder".into(),
        port: 1,
        upstreams: vec![2, 3, 4],
    };
    let set = edge.environment.keys().map(String::as_str);
    let set: BTreeSet<_> = set.filter(|name| name.starts_with("SOUK_EDGE_")).collect();
    let native = nginx.variables();
    assert_eq!(set, native.iter().map(|(name, _)| *name).collect());
    let servers = edge.environment["SOUK_EDGE_SERVERS"].split(';');
    let servers: Vec<_> = servers
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(servers.len(), Name::APIS.len());
    for (server, api) in servers.iter().zip(Name::APIS) {
        assert_eq!(
            *server,
            format!("server {}:3000 {PASSIVE_CHECKS}", api.key())
        );
    }
}

#[test]
fn addresses_are_compared_without_their_place() {
    assert_eq!(
        shape("postgres://a:b@c:1/d"),
        shape("postgres://a@127.0.0.1:2/d")
    );
    assert_ne!(shape("postgres://a@c:1/d"), shape("postgres://a@c:1/e"));
    assert_ne!(shape("redis://c"), shape("http://c"));
}

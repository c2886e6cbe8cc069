//! Tests of layers, ranges, alternatives, warnings, secrets and the reference.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use tempfile::TempDir;

use crate::kind::Kind;
use crate::{
    CommonFlags, ConnectionFlags, Environment, Given, IndexerFlags, LoadError, Loaded, RunFlags,
    ServeFlags, SyncOnStartup, Warning, markdown, settings,
};

fn load(pairs: &[(&str, &str)]) -> Result<Loaded, LoadError> {
    Loaded::load(None, &pairs.iter().copied().collect(), vec![])
}

fn error(pairs: &[(&str, &str)]) -> String {
    load(pairs).err().unwrap().to_string()
}

fn line(loaded: &Loaded, key: &str) -> (String, String) {
    let mut lines = loaded.active_config().into_iter();
    let line = lines.find(|line| line.key == key).unwrap();
    (line.value, line.source)
}

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("souk.toml");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

fn of_file(text: &str) -> Result<Loaded, LoadError> {
    let (_folder, file) = file(text);
    Loaded::load(Some(&file), &Environment::default(), vec![])
}

fn flags<F: Args>(line: &[&str], given: fn(&F) -> Vec<Given>) -> Vec<Given> {
    let command = F::augment_args(Command::new("souk"));
    let matches = command.try_get_matches_from(line).unwrap();
    given(&F::from_arg_matches(&matches).unwrap())
}

#[test]
fn value_of_each_layer_overrides_lower_ones_and_names_its_source() {
    let (_folder, file) = file("[server]\nlisten = \"127.0.0.1:1\"\nrequest_timeout_ms = 5\n");
    let environment = [("SOUK_LISTEN", "127.0.0.1:2"), ("SOUK_DEMO", "false")];
    let environment = environment.into_iter().collect();
    let given = flags(&["souk", "--data-dir", "/tmp/x"], CommonFlags::given);

    let loaded = Loaded::load(Some(&file), &environment, given).unwrap();

    let config = &loaded.config;
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.request_timeout_ms, 5);
    assert!(!config.demo.enabled);
    assert_eq!(config.data.dir, Path::new("/tmp/x"));
    let source = |key| line(&loaded, key).1;
    assert_eq!(source("server.listen"), "environment (SOUK_LISTEN)");
    assert_eq!(
        source("server.request_timeout_ms"),
        format!("file ({})", file.display())
    );
    assert_eq!(source("data.dir"), "flag (--data-dir)");
    assert_eq!(source("log.format"), "default");
    assert!(loaded.warnings.is_empty());
}

#[test]
fn flag_overrides_environment_in_both_programs() {
    let environment = [
        ("SOUK_LISTEN", "127.0.0.1:2"),
        ("SOUK_INDEXER_BATCH", "7"),
        ("SOUK_VERIFY_REPAIR", "false"),
    ];
    let environment = environment.into_iter().collect();
    let serve = ["souk", "--listen", "127.0.0.1:3", "--no-demo"];
    let mut given = flags(&serve, ServeFlags::given);
    let indexer = ["souk", "--batch", "9", "--verify-repair"];
    given.extend(flags(&indexer, IndexerFlags::given));
    let metrics = ["souk", "--metrics-listen", "127.0.0.1:4"];
    given.extend(flags(&metrics, RunFlags::given));
    let connections = ["souk", "--redis-url", "redis://r", "--log-format", "json"];
    given.extend(flags(&connections, ConnectionFlags::given));

    let config = Loaded::load(None, &environment, given).unwrap().config;

    assert_eq!(config.server.listen.port(), 3);
    assert!(!config.demo.enabled);
    assert_eq!(config.indexer.batch, 9);
    assert!(config.indexer.verify_repair);
    assert_eq!(config.metrics.address().unwrap().port(), 4);
    assert_eq!(config.cache.redis_url.unwrap().expose(), "redis://r");
}

#[test]
fn default_of_each_setting_passes_its_own_check() {
    for setting in settings() {
        if let Some(default) = (setting.default)()
            && !setting.is_secret()
        {
            assert_eq!(setting.broken_by(&default), None, "{}", setting.key);
        }
    }
    load(&[]).unwrap();
}

#[test]
fn default_read_from_text_equals_the_declared_one() {
    let defaults = settings().filter(|setting| !setting.is_secret());
    let pairs = defaults.filter_map(|setting| Some((setting.variable, (setting.default)()?)));
    let loaded = Loaded::load(None, &pairs.collect(), vec![]).unwrap();
    assert_eq!(
        format!("{:?}", loaded.config),
        format!("{:?}", crate::Config::default())
    );
}

#[test]
fn number_outside_its_range_is_rejected_with_the_range() {
    assert_eq!(
        error(&[("SOUK_INDEXER_BATCH", "10001")]),
        "SOUK_INDEXER_BATCH must be a whole number from 1 to 10000"
    );
    for setting in settings() {
        let Kind::Number { min, max } = setting.kind else {
            continue;
        };
        let below = min
            .checked_sub(1)
            .map_or("-1".to_owned(), |below| below.to_string());
        for text in [below.as_str(), &(max + 1).to_string(), "", "1.5", "many"] {
            assert!(setting.broken_by(text).is_some(), "{} {text}", setting.key);
        }
        for number in [min, max] {
            assert_eq!(setting.broken_by(&number.to_string()), None);
        }
    }
}

#[test]
fn largest_value_of_each_number_fits_its_type() {
    let numbers = settings().filter_map(|setting| match setting.kind {
        Kind::Number { max, .. } => Some((setting.variable, max.to_string())),
        _ => None,
    });
    Loaded::load(None, &numbers.collect(), vec![]).unwrap();
}

#[test]
fn invalid_value_is_rejected_by_the_name_it_was_given_by() {
    for (variable, value) in [
        ("SOUK_LISTEN", "nowhere"),
        ("SOUK_METRICS_LISTEN", "9464"),
        ("SOUK_SEARCH_TIMEOUT_MS", "0"),
        ("SOUK_ADMIN_KEY", "short"),
        ("SOUK_PRUNE_SCHEDULE", "nightly"),
        ("SOUK_MAX_URL_BYTES", "10"),
        ("SOUK_PROXY_HEADER", "via"),
        ("RATE_LIMIT_MAX_REQUESTS", "0"),
        ("RATE_LIMIT_WINDOW_SECS", "0"),
        ("RATE_LIMIT_TTL", "0"),
        ("RATE_LIMIT_MAX", "all"),
        ("PG_MAX_CONNECTIONS", "0"),
        ("PORT", "70000"),
        ("SYNC_PRODUCTS_ON_STARTUP", "maybe"),
        ("DATABASE_URL", "mysql://localhost"),
        ("SOUK_CACHE", "maybe"),
        ("SOUK_DATABASE_APPLICATION_NAME", "a\nb"),
    ] {
        let error = error(&[(variable, value)]);
        assert!(error.starts_with(&format!("{variable} must ")), "{error}");
    }
    let redis = |name, value| error(&[("REDIS_HOST", "r"), (name, value)]);
    assert!(redis("REDIS_PORT", "x").starts_with("REDIS_PORT must "));
    assert!(redis("REDIS_DB", "x").starts_with("REDIS_DB must "));
    let given = flags(&["souk", "--batch", "0"], IndexerFlags::given);
    let by_flag = Loaded::load(None, &Environment::default(), given).err();
    assert!(by_flag.unwrap().to_string().starts_with("--batch must "));
    let by_file = of_file("[indexer]\nbatch = 0\n").err().unwrap().to_string();
    assert!(by_file.starts_with("indexer.batch in "), "{by_file}");
}

#[test]
fn minimum_above_the_maximum_of_connections_is_rejected() {
    let error = error(&[("PG_MIN_CONNECTIONS", "9"), ("PG_MAX_CONNECTIONS", "8")]);
    assert!(
        error.starts_with("PG_MIN_CONNECTIONS must be at most 8"),
        "{error}"
    );
}

#[test]
fn alternative_sets_the_value_where_the_main_variable_does_not() {
    let loaded = load(&[
        ("ELASTICSEARCH_NODE", "http://e:9200"),
        ("RATE_LIMIT_TTL", "1500"),
        ("RATE_LIMIT_MAX", "9"),
        ("PG_MAX_CONNECTIONS", "8"),
        ("PG_MIN_CONNECTIONS", "2"),
        ("PORT", "8080"),
        ("RUST_LOG", "debug"),
        ("SYNC_PRODUCTS_ON_STARTUP", "false"),
    ])
    .unwrap();
    let config = &loaded.config;
    let url = config.elasticsearch.url.as_ref().unwrap();
    assert_eq!(url.expose(), "http://e:9200");
    assert_eq!(config.rate_limit.window_secs, 2);
    assert_eq!(config.rate_limit.max_requests, 9);
    assert_eq!(config.database.max_connections, 8);
    assert_eq!(config.database.min_connections, 2);
    assert_eq!(config.server.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.log.filter, "debug");
    assert_eq!(config.indexer.sync_on_startup, SyncOnStartup::Never);
    assert_eq!(line(&loaded, "server.listen").1, "environment (PORT)");
    assert!(loaded.warnings.is_empty());
}

#[test]
fn redis_parts_compose_a_url_with_the_password_encoded() {
    let url = |pairs: &[(&str, &str)]| {
        let config = load(pairs).unwrap().config;
        config.cache.redis_url.unwrap().expose().to_owned()
    };
    assert_eq!(url(&[("REDIS_HOST", "r")]), "redis://r:6379/0");
    assert_eq!(
        url(&[
            ("REDIS_HOST", "::1"),
            ("REDIS_PORT", "7"),
            ("REDIS_PASSWORD", "p@ss:w/rd"),
            ("REDIS_DB", "2"),
        ]),
        "redis://:p%40ss%3Aw%2Frd@[::1]:7/2"
    );
}

#[test]
fn main_variable_overrides_its_alternative_with_a_warning_if_they_differ() {
    let loaded = load(&[
        ("SOUK_LISTEN", "0.0.0.0:1"),
        ("PORT", "2"),
        ("RATE_LIMIT_WINDOW_SECS", "60"),
        ("RATE_LIMIT_TTL", "60000"),
    ])
    .unwrap();
    assert_eq!(loaded.config.server.listen.port(), 1);
    let expected = Warning::Overridden {
        used: "SOUK_LISTEN".to_owned(),
        ignored: "PORT".to_owned(),
    };
    assert_eq!(loaded.warnings, [expected]);
}

#[test]
fn unknown_variable_is_warned_of_with_the_nearest_setting() {
    for (variable, expected) in [
        ("SOUK_DATABSE_MAX", Some("SOUK_DATABASE_MAX_CONNECTIONS")),
        ("SOUK_LISTN", Some("SOUK_LISTEN")),
        ("SOUK_REDIS_URL", Some("REDIS_URL")),
        ("SOUK_QQQ", None),
    ] {
        let loaded = load(&[(variable, "1")]).unwrap();
        let [
            Warning::UnknownVariable {
                variable: name,
                nearest,
            },
        ] = loaded.warnings.as_slice()
        else {
            panic!("{variable}: {:?}", loaded.warnings);
        };
        assert_eq!((name.as_str(), *nearest), (variable, expected));
    }
    let known = [
        ("SOUK_CONFIG", "x"),
        ("SOUK_TEST_REDIS_URL", "x"),
        ("HOME", "/"),
    ];
    assert!(load(&known).unwrap().warnings.is_empty());
}

#[test]
fn unknown_key_in_the_file_is_rejected_with_the_nearest_setting() {
    for (text, told) in [
        (
            "[server]\nlistn = 1\n",
            "server.listn; did you mean server.listen?",
        ),
        ("[databse]\nurl = \"x\"\n", "did you mean database.url?"),
        ("listen = 1\n", "no setting listen"),
        ("[[server]]\nlisten = 1\n", "no setting server"),
    ] {
        let error = of_file(text).err().unwrap().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn missing_file_is_named() {
    let missing = Loaded::load(
        Some(Path::new("none.toml")),
        &Environment::default(),
        vec![],
    );
    assert!(missing.err().unwrap().to_string().contains("none.toml"));
}

#[test]
fn secret_appears_in_no_listing_debug_output_or_error() {
    const PLANTED: &str = "hunter2hunter2hunter2";
    let url = |scheme: &str| format!("{scheme}://souk:{PLANTED}@host:port/db");
    let secrets = settings().filter(|setting| setting.is_secret());
    for setting in secrets {
        let value = match setting.variable {
            "DATABASE_URL" => url("postgres").replace(":port", ":5432"),
            _ => PLANTED.to_owned(),
        };
        let loaded = load(&[(setting.variable, &value)]).unwrap();
        assert_eq!(line(&loaded, setting.key).0, "(hidden)");
        let listing = format!("{:?}", loaded.active_config());
        let debug = format!("{:?}", loaded.config);
        assert!(!(listing + &debug).contains(PLANTED), "{}", setting.key);
    }
    for pairs in [
        [("DATABASE_URL", url("mysql"))],
        [("DATABASE_URL", url("postgres"))],
        [("SOUK_LISTEN", url("postgres"))],
        [("SOUK_INDEXER_BATCH", url("postgres"))],
        [("SOUK_LOG_FORMAT", url("postgres"))],
        [("SOUK_PRUNE_SCHEDULE", url("postgres"))],
        [("PORT", url("postgres"))],
    ] {
        let error = Loaded::load(None, &pairs.into_iter().collect(), vec![])
            .err()
            .unwrap();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    for text in [
        format!("[database]\nurl = \"{}\n", url("postgres")),
        format!("[database]\nurl = {}\n", url("postgres")),
        format!("[database]\nurl = [\"{}\"]\n", url("postgres")),
        format!("database = \"{}\"\n", url("postgres")),
        format!("[database]\nmax_connections = \"{}\"\n", url("postgres")),
    ] {
        let error = of_file(&text).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}

#[test]
fn syntax_error_is_told_by_line_and_column() {
    let error = of_file("[server]\nlisten = 127.0.0.1:1\n").err().unwrap();
    let LoadError::Syntax {
        line: 2, column, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert!(column > 1);
}

#[test]
fn schedule_is_off_or_a_cron_expression_with_seconds() {
    let schedule = |text: &str| of_file(&format!("[indexer]\nprune_schedule = \"{text}\"\n"));
    for off in ["", "off", " OFF "] {
        let config = schedule(off).unwrap().config;
        assert_eq!(config.indexer.prune_schedule.expression(), None);
    }
    let config = schedule("0 30 3 * * *").unwrap().config;
    let expression = config.indexer.prune_schedule.expression();
    assert_eq!(expression, Some("0 30 3 * * *"));
    assert!(schedule("30 3 * * *").is_err());
}

#[test]
fn declaration_of_each_setting_is_unique_and_complete() {
    let (mut keys, mut names, mut flags) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for setting in settings() {
        assert!(keys.insert(setting.key), "{}", setting.key);
        assert!(names.insert(setting.variable), "{}", setting.variable);
        for alternative in setting.alternatives {
            assert!(
                names.insert(alternative.variable),
                "{}",
                alternative.variable
            );
        }
        if let Some(flag) = setting.flag {
            assert!(flags.insert(flag.name), "{}", flag.name);
        }
        assert!(setting.about().ends_with('.'), "{}", setting.key);
        if let Kind::Number { min, max } = setting.kind {
            assert!(setting.unit_name().is_some(), "{} has no unit", setting.key);
            assert!(
                min < max && max < u64::from(u32::MAX),
                "{} has no range",
                setting.key
            );
        }
    }
}

#[test]
fn reference_has_one_row_for_each_setting() {
    let text = markdown();
    for setting in settings() {
        let row = format!("| `{}` | `{}` | ", setting.variable, setting.key);
        assert_eq!(text.matches(&row).count(), 1, "{row}");
        for alternative in setting.alternatives {
            let row = format!("| `{}` | `{}` | ", alternative.variable, setting.variable);
            assert_eq!(text.matches(&row).count(), 1, "{row}");
        }
    }
}

#[test]
fn reference_in_the_documents_is_the_generated_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md");
    let written = std::fs::read_to_string(file).unwrap();
    assert!(
        written == markdown(),
        "run `cargo xtask docs` and commit the result"
    );
}

#[test]
fn flags_of_both_programs_form_valid_command_lines() {
    let souk = ServeFlags::augment_args(CommonFlags::augment_args(Command::new("souk")));
    souk.debug_assert();
    let indexer = ConnectionFlags::augment_args(Command::new("souk-indexer"));
    RunFlags::augment_args(IndexerFlags::augment_args(indexer)).debug_assert();
}

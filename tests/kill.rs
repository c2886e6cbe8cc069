//! `kill -9`, at random moments, of an import and of the server that indexes it: nothing is lost.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use souk_domain::{ProductId, TenantId};
use souk_search::{
    IndexWriter,
    engines::tantivy::{TantivyIndex, TantivyOptions},
};
use souk_store::{DatabaseOptions, Store};
use tempfile::TempDir;

const ROUNDS: u32 = 10;
const PRODUCTS: usize = 1_500;
const DEADLINE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

#[tokio::test]
async fn killed_ten_times_over_nothing_is_lost() {
    let seed = seed();
    println!("repeat with SOUK_KILL_SEED={seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let place = Place::new();
    // How long an undisturbed import takes: kills fall into that time.
    let mut span = place.import_all(0);

    for round in 1..=ROUNDS {
        let mut import = place.start_import(round);
        let mut server = place.start_server();
        let deaths = [random.random_range(0.0..1.0), random.random_range(0.0..1.5)];
        println!("round {round}: import and server die at {deaths:.2?} of {span:?}");
        let [import_dies, server_dies] = deaths.map(|share: f64| span.mul_f64(share));
        tokio::join!(
            import.kill_after(import_dies),
            server.kill_after(server_dies)
        );

        span = place.import_all(round);
        let mut server = place.start_server();
        server
            .kill_after(span.mul_f64(random.random_range(0.0..1.0)))
            .await;

        let server = place.start_server();
        place.wait_until_drained().await;
        place.assert_database_agrees(round).await;
        server.wait_until_found(of_round(round).count()).await;
        // Killed like all others: what is acknowledged is on disk.
        drop(server);
        place.assert_all_agree(round).await;
    }
}

fn seed() -> u64 {
    match std::env::var("SOUK_KILL_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => rand::random(),
    }
}

/// A data folder and the files that are imported into it.
struct Place {
    folder: TempDir,
}

/// A process of ours, killed when it is dropped.
struct Process {
    child: Child,
    name: String,
}

/// A server and where it listens.
struct Server {
    process: Process,
    address: SocketAddr,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for round in 0..=ROUNDS {
            place.write_catalogue(round);
        }
        place
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn catalogue(&self, round: u32) -> PathBuf {
        self.folder.path().join(format!("catalogue-{round}.jsonl"))
    }

    /// Every round tells something else of the same products, and lacks other ones of one seller.
    fn write_catalogue(&self, round: u32) {
        let mut file = BufWriter::new(File::create(self.catalogue(round)).unwrap());
        for number in of_round(round) {
            let product = json!({
                "external_id": external_id(number),
                "title": title(number, round),
                "brand": format!("Brand {}", number % 7),
                "category": format!("Category {}", (number + round as usize) % 5),
                "seller": format!("seller-{}", number % 11),
                "price_cents": 100 + number,
                "stock": number % 3,
            });
            writeln!(file, "{product}").unwrap();
        }
        file.flush().unwrap();
    }

    fn souk(&self, log: &str) -> Command {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(log))
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .env("SOUK_DATA_DIR", self.data())
            .env("SOUK_DEMO", "false")
            .env("ENABLE_RATE_LIMITING", "false")
            .env_remove("DATABASE_URL");
        command
    }

    fn start_import(&self, round: u32) -> Process {
        let mut command = self.souk("import.log");
        command
            .args(["import", "--replace-seller", "seller-0"])
            .arg(self.catalogue(round));
        Process::start(command, format!("import {round}"))
    }

    /// Imports to the end and answers how long it took.
    fn import_all(&self, round: u32) -> Duration {
        let begun = Instant::now();
        let status = self.start_import(round).wait();
        assert!(status.success(), "{}", self.log("import.log"));
        begun.elapsed()
    }

    fn start_server(&self) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut command = self.souk("serve.log");
        command.arg("serve").env("SOUK_LISTEN", address.to_string());
        Server {
            process: Process::start(command, "server".to_owned()),
            address,
        }
    }

    async fn wait_until_drained(&self) {
        let store = self.store().await;
        let deadline = Instant::now() + DEADLINE;
        loop {
            let stats = store.outbox().stats().await.unwrap();
            assert_eq!(stats.dead_letters, 0, "{}", self.log("serve.log"));
            if stats.rows == 0 {
                return store.close().await.unwrap();
            }
            assert!(
                Instant::now() < deadline,
                "{} rows still wait\n{}",
                stats.rows,
                self.log("serve.log")
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// The database shows every product of the last import as that told it, and no other. Returns the content hash of each.
    async fn assert_database_agrees(&self, round: u32) -> (TenantId, BTreeMap<ProductId, u64>) {
        let store = self.store().await;
        let tenants = store.tenants().list().await.unwrap();
        let [tenant] = tenants.as_slice() else {
            panic!("one marketplace, not {tenants:?}");
        };
        let documents = documents(&store, tenant.id).await;
        store.close().await.unwrap();
        let titles: BTreeMap<String, String> = documents
            .values()
            .map(|(external_id, title, _)| (external_id.clone(), title.clone()))
            .collect();
        let expected: BTreeMap<String, String> = of_round(round)
            .map(|number| (external_id(number), title(number, round)))
            .collect();
        assert_eq!(titles, expected);
        let hashes = documents
            .into_iter()
            .map(|(id, (_, _, content_hash))| (id, content_hash))
            .collect();
        (tenant.id, hashes)
    }

    /// The index has exactly what the database has.
    async fn assert_all_agree(&self, round: u32) {
        let (tenant, in_database) = self.assert_database_agrees(round).await;
        let index = TantivyIndex::open(TantivyOptions::new(self.data().join("index"))).unwrap();
        let entries = index.entries(tenant, None, PRODUCTS * 2).await.unwrap();
        let in_index: BTreeMap<ProductId, u64> = entries
            .iter()
            .map(|entry| (entry.id, entry.content_hash))
            .collect();
        assert_eq!(in_index.len(), entries.len(), "each product once");
        assert_eq!(in_index, in_database);
    }

    async fn store(&self) -> Store {
        let file = self.data().join("souk.db");
        let options = DatabaseOptions::new(format!("sqlite://{}?mode=rw", file.display()));
        Store::connect(&options).await.unwrap()
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// Products of a round: another quarter of one seller's is missing in each, and archived.
fn of_round(round: u32) -> impl Iterator<Item = usize> {
    let missing =
        move |number: &usize| number.is_multiple_of(11) && (number / 11) % 4 == round as usize % 4;
    (0..PRODUCTS).filter(move |number| !missing(number))
}

fn external_id(number: usize) -> String {
    format!("kill-{number:05}")
}

fn title(number: usize, round: u32) -> String {
    format!("Mug {number} as of round {round}")
}

/// External id, title and content hash of every document that the database makes.
async fn documents(store: &Store, tenant: TenantId) -> BTreeMap<ProductId, (String, String, u64)> {
    let scope = store.scope(tenant);
    let ids = scope.document_ids(None, 2 * PRODUCTS as u32).await.unwrap();
    let documents = scope.documents(&ids).await.unwrap();
    documents
        .into_iter()
        .map(|document| {
            let content_hash = document.content_hash();
            (
                document.id,
                (document.external_id, document.title, content_hash),
            )
        })
        .collect()
}

impl Process {
    fn start(mut command: Command, name: String) -> Self {
        Self {
            child: command.spawn().unwrap(),
            name,
        }
    }

    fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Lets it live for a while, then kills it. That it ends early, and well, is part of chance.
    async fn kill_after(&mut self, life: Duration) {
        tokio::time::sleep(life).await;
        match self.child.try_wait().unwrap() {
            Some(status) => assert!(status.success(), "{} ended with {status}", self.name),
            None => {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn kill_after(&mut self, life: Duration) {
        self.process.kill_after(life).await;
    }

    /// Waits until a search for everything finds so many products.
    async fn wait_until_found(&self, products: usize) {
        let url = format!("http://{}/api/search?per_page=1&facets=none", self.address);
        let deadline = Instant::now() + DEADLINE;
        loop {
            let answer = reqwest::get(&url)
                .await
                .and_then(reqwest::Response::error_for_status);
            // Whole, and with its headers: a wrong answer tells which cache or engine it is from.
            let found = match answer {
                Ok(page) => {
                    let headers = format!("{:?}", page.headers());
                    let page = page.json::<Value>().await.unwrap();
                    if page["total"] == products {
                        return;
                    }
                    format!("{page} {headers}")
                }
                Err(error) => error.to_string(),
            };
            assert!(Instant::now() < deadline, "instead of {products}: {found}");
            tokio::time::sleep(POLL).await;
        }
    }
}

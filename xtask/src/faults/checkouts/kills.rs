//! What happens to the marketplace while buyers are in it, as the seed has it.

use std::{
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use rand::{RngExt, rngs::StdRng};

use super::{database::Database, market::Market};
use crate::interrupt::Interrupt;

const POLL: Duration = Duration::from_millis(20);
/// Time that a claim of an idempotency key lasts, in milliseconds; see `crates/store/src/ordering/idempotency.rs`.
const CLAIMED_MS: i64 = 60_000;
/// Age after which a claim counts as that of a dead process here, in milliseconds.
const DEAD_MS: i64 = 3_000;

/// Injuries of a round.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Kills {
    /// API processes killed.
    pub(super) apis: u32,
    /// Times that Redis was away.
    pub(super) redis: u32,
    /// Checkouts under way whose process counted as dead.
    pub(super) orphans: usize,
}

/// Kills processes and starts them again until a moment. Meanwhile time passes faster than usual.
pub(super) fn run(
    market: &mut Market<'_>,
    random: &mut StdRng,
    interrupt: &Interrupt,
    until: Instant,
) -> Result<Kills> {
    let mut kills = Kills::default();
    let mut after = |from: u64, to: u64| Instant::now() + ms(random.random_range(from..to));
    let mut apis: Vec<_> = market
        .servers()
        .iter()
        .map(|_| (true, after(300, 2_500)))
        .collect();
    let mut redis = (true, after(300, 2_500));
    let mut hours = after(250, 700);
    let mut third = 0;
    while Instant::now() < until {
        interrupt.check()?;
        let now = Instant::now();
        for (number, (is_up, next)) in apis.iter_mut().enumerate() {
            if now < *next {
                continue;
            }
            if *is_up {
                market.kill_api(number);
                kills.apis += 1;
                *next = after(50, 400);
            } else {
                market.launch_api(number)?;
                // Long enough to start, and to do something.
                *next = after(1_500, 3_500);
            }
            *is_up = !*is_up;
        }
        if now >= redis.1 {
            if redis.0 {
                kills.redis += u32::from(market.kill_redis());
                redis = (false, after(800, 1_600));
            } else {
                market.launch_redis()?;
                redis = (true, until);
            }
        }
        if now >= hours {
            third += 1;
            expire(&market.database, third % 3)?;
            kills.orphans += bury(&market.database)?;
            hours = after(250, 700);
        }
        thread::sleep(POLL);
    }
    Ok(kills)
}

/// Has a third of the open purchases run out of time.
fn expire(database: &Database, third: i64) -> Result<()> {
    database.rows(&format!(
        "UPDATE order_groups SET expires_at = 1 WHERE expires_at IS NOT NULL AND id % 3 = {third}"
    ))?;
    Ok(())
}

/// Has claims of idempotency keys by processes that died run out, and returns how many.
pub(super) fn bury(database: &Database) -> Result<usize> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let dead = i64::try_from(now_ms)? + CLAIMED_MS - DEAD_MS;
    let buried = database.rows(&format!(
        "UPDATE idempotency_keys SET claimed_until = 0
         WHERE status IS NULL AND claimed_until BETWEEN 1 AND {dead} RETURNING 1"
    ))?;
    Ok(buried.len())
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

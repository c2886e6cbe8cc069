//! The network between Souk and Elasticsearch, and what can happen to it.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::Result;

/// Delay of every packet on a slow network.
const DELAY: Duration = Duration::from_millis(400);

/// Condition of the network.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    /// Everything passes.
    Fair,
    /// Everything passes, late.
    Slow,
    /// Connections break, and no new ones are made.
    Cut,
}

/// Passes connections on to a server. Lives as long as the process.
#[derive(Clone)]
pub(super) struct Proxy(Arc<State>);

struct State {
    port: u16,
    server: SocketAddr,
    weather: Mutex<Weather>,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Listens on a free port.
    pub(super) fn start(server: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let proxy = Self(Arc::new(State {
            port: listener.local_addr()?.port(),
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, server)),
            weather: Mutex::new(Weather::Fair),
            open: Mutex::default(),
        }));
        let accepting = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A client that cannot be served sees its connection close.
                let _ = accepting.pass(client);
            }
        });
        Ok(proxy)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port)
    }

    /// Changes the weather, for connections that are open too.
    pub(super) fn set(&self, weather: Weather) {
        *lock(&self.0.weather) = weather;
        if weather == Weather::Cut {
            for stream in lock(&self.0.open).drain(..) {
                // One that is closed already needs no cutting.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    fn weather(&self) -> Weather {
        *lock(&self.0.weather)
    }

    fn pass(&self, client: TcpStream) -> io::Result<()> {
        if self.weather() == Weather::Cut {
            return Ok(());
        }
        let server = TcpStream::connect(self.0.server)?;
        lock(&self.0.open).extend([client.try_clone()?, server.try_clone()?]);
        for (from, to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
            let proxy = self.clone();
            thread::spawn(move || proxy.carry(from, to));
        }
        Ok(())
    }

    /// Copies one direction of a connection to its end.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut piece = [0; 16 << 10];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            if self.weather() == Weather::Slow {
                thread::sleep(DELAY);
            }
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        // The other direction ends with this one.
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_connection_stays_cut_until_the_network_recovers() {
        let echo = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let proxy = Proxy::start(echo.local_addr().unwrap().port()).unwrap();
        thread::spawn(move || {
            for mut stream in echo.incoming().flatten() {
                thread::spawn(move || io::copy(&mut stream.try_clone().unwrap(), &mut stream));
            }
        });
        let ask = |stream: &mut TcpStream| -> io::Result<u8> {
            let mut answer = [0];
            stream.write_all(b"x")?;
            stream.read_exact(&mut answer)?;
            Ok(answer[0])
        };
        let connect = || TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.0.port)).unwrap();
        let mut stream = connect();
        assert_eq!(ask(&mut stream).unwrap(), b'x');
        proxy.set(Weather::Cut);
        assert!(ask(&mut stream).is_err() && ask(&mut connect()).is_err());
        proxy.set(Weather::Fair);
        assert_eq!(ask(&mut connect()).unwrap(), b'x');
    }
}

//! Client of a request: by address, which only proxies that we trust may tell us.

mod network;

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use ipnet::IpNet;
use poem::{Request, http::HeaderMap};
use souk_config::ProxyHeader;

pub use network::RequestNetwork;

/// Prefix length of an IPv6 client: the network assigned to a household or machine.
const IPV6_CLIENT_BITS: u32 = 64;

/// Returns the name of a forwarding header.
fn name_of(header: ProxyHeader) -> &'static str {
    match header {
        ProxyHeader::XForwardedFor => "x-forwarded-for",
        ProxyHeader::Forwarded => "forwarded",
        ProxyHeader::XRealIp => "x-real-ip",
    }
}

/// The proxies whose word is taken.
///
/// They write exactly one header: any other they would pass on as the client made it up.
#[derive(Debug, Clone)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ProxyHeader,
}

impl Default for TrustedProxies {
    fn default() -> Self {
        Self {
            networks: Vec::new(),
            header: ProxyHeader::XForwardedFor,
        }
    }
}

/// A list of networks that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
pub struct BadNetwork(String);

impl TrustedProxies {
    /// Proxies in any of some networks, separated by commas; a single address is one too.
    ///
    /// # Errors
    /// If one is no network.
    pub fn parse(networks: &str, header: ProxyHeader) -> Result<Self, BadNetwork> {
        let networks = networks.split(',').map(str::trim);
        let networks = networks.filter(|network| !network.is_empty());
        let network = |text: &str| {
            let network = text.parse::<IpNet>();
            let network = network.or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| BadNetwork(text.to_owned()))
        };
        Ok(Self {
            networks: networks.map(network).collect::<Result<_, _>>()?,
            header,
        })
    }

    /// The client of a request. Whoever is connected to us is, unless it is a trusted proxy that says otherwise.
    pub fn client(&self, request: &Request) -> Client {
        let peer = request.remote_addr().as_socket_addr();
        let found = peer.map(|peer| self.find(peer.ip(), request.headers()));
        found.map_or(Client(None), Client::of)
    }

    /// Reports whether a request comes over a trusted proxy.
    pub fn sent(&self, request: &Request) -> bool {
        let peer = request.remote_addr().as_socket_addr();
        peer.is_some_and(|peer| self.trusts(peer.ip().to_canonical()))
    }

    /// From the nearest hop outwards: each trusted proxy tells who was before it. What is further out than the first
    /// that is not trusted may be made up.
    fn find(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        for hop in self.hops(headers).iter().rev() {
            // An element that is not an IP address, such as `unknown`, ends the chain of trust.
            let Some(address) = self.address(hop) else {
                break;
            };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    /// Reports whether a proxy of this address is trusted.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }

    /// What the header says, from the client to the nearest proxy; several lines are one list.
    fn hops<'a>(&self, headers: &'a HeaderMap) -> Vec<&'a str> {
        let lines = headers.get_all(name_of(self.header)).iter();
        // A line that is no text is an element that is no address.
        let lines = lines.map(|line| line.to_str().unwrap_or("?"));
        lines.flat_map(|line| line.split(',')).collect()
    }

    fn address(&self, hop: &str) -> Option<IpAddr> {
        let node = match self.header {
            ProxyHeader::XForwardedFor | ProxyHeader::XRealIp => hop.trim(),
            ProxyHeader::Forwarded => node_of(hop)?,
        };
        parse_node(node)
    }
}

/// `for` of an element of `Forwarded`.
fn node_of(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, node) = nodes.next()?;
    Some(node.trim().trim_matches('"'))
}

/// An address, with or without a port.
fn parse_node(node: &str) -> Option<IpAddr> {
    let bracketed = || node.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || node.parse::<SocketAddr>().ok().map(|node| node.ip());
    node.parse().ok().or_else(with_port).or_else(bracketed)
}

/// Who is counted as one client. Its text is what it is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(Option<IpAddr>);

impl Client {
    /// The address that it is counted by; `None` if it is not over the network.
    pub(super) fn address(self) -> Option<IpAddr> {
        self.0
    }

    /// The client of an address.
    pub(super) fn of(address: IpAddr) -> Self {
        Self(Some(match address.to_canonical() {
            IpAddr::V6(address) => {
                let rest = Ipv6Addr::BITS - IPV6_CLIENT_BITS;
                Ipv6Addr::from_bits(address.to_bits() >> rest << rest).into()
            }
            v4 => v4,
        }))
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(IpAddr::V4(address)) => write!(f, "{address}"),
            Some(IpAddr::V6(address)) => {
                write!(f, "{address}/{IPV6_CLIENT_BITS}")
            }
            // Not over the network.
            None => f.write_str("local"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use poem::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn found(proxies: &TrustedProxies, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name_of(proxies.header), line.parse().unwrap());
        }
        proxies.find(peer.parse().unwrap(), &headers).to_string()
    }

    fn trusting(networks: &str) -> TrustedProxies {
        TrustedProxies::parse(networks, ProxyHeader::XForwardedFor).unwrap()
    }

    #[test]
    fn without_trusted_proxies_nobody_is_believed() {
        let nobody = trusting("");
        assert_eq!(found(&nobody, PROXY, &["198.51.100.7"]), PROXY);
        let others = trusting("10.9.0.0/16");
        assert_eq!(found(&others, PROXY, &["198.51.100.7"]), PROXY);
    }

    #[test]
    fn the_walk_goes_outwards_over_trusted_proxies_only() {
        let proxies = trusting("10.0.0.0/8, 192.0.2.1, 2001:db8::/32");
        for (lines, client) in [
            (&["198.51.100.7"][..], "198.51.100.7"),
            (&["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            (
                &["1.2.3.4, 198.51.100.7, 192.0.2.1,10.0.0.2"],
                "198.51.100.7",
            ),
            (&["1.2.3.4", "198.51.100.7"], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7:4711"], "198.51.100.7"),
            (&["[2001:db9::1]:80"], "2001:db9::1"),
            (&["::ffff:198.51.100.7"], "198.51.100.7"),
            // Everyone is trusted: then it is the outermost.
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // What is no address ends it at the last that is known.
            (&["1.2.3.4, unknown"], PROXY),
            (&["1.2.3.4, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["1.2.3.4, 10.0.0.2,"], PROXY),
            (&[], PROXY),
        ] {
            assert_eq!(found(&proxies, PROXY, lines), client, "{lines:?}");
        }
    }

    #[test]
    fn other_headers_are_read_when_they_are_what_the_proxy_writes() {
        let real = TrustedProxies::parse("10.0.0.0/8", ProxyHeader::XRealIp).unwrap();
        assert_eq!(found(&real, PROXY, &["198.51.100.7"]), "198.51.100.7");
        let forwarded = TrustedProxies::parse("10.0.0.0/8", ProxyHeader::Forwarded).unwrap();
        for (line, client) in [
            ("for=198.51.100.7", "198.51.100.7"),
            (
                "for=1.2.3.4, For=\"198.51.100.7:80\";proto=https",
                "198.51.100.7",
            ),
            ("by=x;for=\"[2001:db8::1]\"", "2001:db8::1"),
            ("for=1.2.3.4, for=_hidden", PROXY),
            ("for=1.2.3.4, proto=https", PROXY),
        ] {
            assert_eq!(found(&forwarded, PROXY, &[line]), client, "{line}");
        }
    }

    #[test]
    fn a_list_that_cannot_be_understood_is_refused() {
        for text in ["10.0.0.0/33", "localhost", "10.0.0.1 10.0.0.2"] {
            let error = TrustedProxies::parse(text, ProxyHeader::XForwardedFor).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn a_household_is_one_client() {
        let client = |text: &str| Client::of(text.parse().unwrap()).to_string();
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(client("2001:db8:1:2::9"), client("2001:db8:1:2:ffff::1"));
        assert_ne!(client("2001:db8:1:2::"), client("2001:db8:1:3::"));
        assert_eq!(client("198.51.100.7"), "198.51.100.7");
    }

    proptest! {
        /// Whatever a client puts in front, and however it calls itself: behind trusted proxies that append whom they
        /// see, it is found as what it is.
        #[test]
        fn no_forged_header_makes_another_client(
            forged in proptest::collection::vec("[ -~]{0,40}", 0..4),
            client in any::<u32>(),
            proxies in 0_u8..4,
        ) {
            let address = Ipv4Addr::from_bits(client);
            prop_assume!(address.octets()[0] != 10);
            let mut headers = HeaderMap::new();
            for line in &forged {
                headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
            }
            // What the outermost trusted proxy appends, then each further one.
            headers.append("x-forwarded-for", HeaderValue::from_str(&address.to_string()).unwrap());
            for proxy in 0..proxies {
                let hop = format!("10.0.1.{proxy}");
                headers.append("x-forwarded-for", HeaderValue::from_str(&hop).unwrap());
            }
            let trusted = trusting("10.0.0.0/8");
            prop_assert_eq!(trusted.find(PROXY.parse().unwrap(), &headers), IpAddr::V4(address));
            // Connected directly, it is believed nothing at all.
            prop_assert_eq!(trusted.find(IpAddr::V4(address), &headers), IpAddr::V4(address));
        }
    }
}

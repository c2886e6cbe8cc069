use std::collections::BTreeSet;

use poem::http::Method;
use poem_openapi::{OpenApi, registry::MetaParamIn};

/// The documented addresses: what a wrong method or path parameter is explained by.
#[derive(Debug, Default)]
pub struct RouteTable {
    routes: Vec<Route>,
    /// Names of query parameters.
    parameters: BTreeSet<String>,
}

#[derive(Debug)]
struct Route {
    segments: Vec<Segment>,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    method: Method,
    /// Its name in the specification.
    id: &'static str,
}

#[derive(Debug)]
enum Segment {
    Fixed(String),
    Parameter(String),
}

impl RouteTable {
    /// The addresses of an API.
    pub fn of<A: OpenApi>() -> Self {
        let paths = A::meta().into_iter().flat_map(|api| api.paths);
        let mut table = Self::default();
        for path in paths {
            let given = path
                .operations
                .iter()
                .flat_map(|operation| &operation.params);
            let in_query = given.filter(|parameter| parameter.in_type == MetaParamIn::Query);
            let names = in_query.map(|parameter| parameter.name.clone());
            table.parameters.extend(names);
            let operations = path.operations.into_iter();
            let operations = operations.map(|operation| Operation {
                method: operation.method,
                id: operation.operation_id.unwrap_or_default(),
            });
            table.add(&path.path, operations);
        }
        table
    }

    fn add(&mut self, template: &str, operations: impl Iterator<Item = Operation>) {
        let segments = template
            .split('/')
            .map(|segment| {
                match segment
                    .strip_prefix('{')
                    .and_then(|name| name.strip_suffix('}'))
                {
                    Some(name) => Segment::Parameter(name.to_owned()),
                    None => Segment::Fixed(segment.to_owned()),
                }
            })
            .collect();
        self.routes.push(Route {
            segments,
            operations: operations.collect(),
        });
    }

    /// Whether any operation has a query parameter of this name.
    pub fn knows_parameter(&self, name: &str) -> bool {
        self.parameters.contains(name)
    }

    /// The methods an address takes, as the `Allow` header lists them.
    pub fn allowed(&self, path: &str) -> String {
        // The pages beside the API, such as `/docs`, can only be read.
        let mut methods = self.find(path).map_or_else(
            || vec!["GET"],
            |route| {
                let operations = route.operations.iter();
                operations
                    .map(|operation| operation.method.as_str())
                    .collect()
            },
        );
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.sort_unstable();
        methods.join(", ")
    }

    /// The names of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &'static str> {
        let operations = self.routes.iter().flat_map(|route| &route.operations);
        operations.map(|operation| operation.id)
    }

    /// The name of the operation that a request asks for; none if there is no such address, or not with this method.
    pub fn operation(&self, method: &Method, path: &str) -> Option<&'static str> {
        let route = self.find(path.trim_end_matches('/'))?;
        // Who asks for the head only asks for the same.
        let is_asked = |operation: &&Operation| {
            operation.method == *method
                || (*method == Method::HEAD && operation.method == Method::GET)
        };
        let operation = route.operations.iter().find(is_asked)?;
        Some(operation.id)
    }

    /// The name of an address's parameter of a number, from 0.
    pub fn parameter(&self, path: &str, index: usize) -> Option<String> {
        let names = self
            .find(path)?
            .segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Parameter(name) => Some(name),
                Segment::Fixed(_) => None,
            });
        names.into_iter().nth(index).cloned()
    }

    /// The route of an address: of several, as of `/products/batch`, the one with the fewest parameters.
    fn find(&self, path: &str) -> Option<&Route> {
        let given: Vec<&str> = path.split('/').collect();
        self.routes
            .iter()
            .filter(|route| route.matches(&given))
            .min_by_key(|route| route.parameters())
    }
}

impl Route {
    fn parameters(&self) -> usize {
        let is_parameter = |segment: &&Segment| matches!(segment, Segment::Parameter(_));
        self.segments.iter().filter(is_parameter).count()
    }

    fn matches(&self, given: &[&str]) -> bool {
        self.segments.len() == given.len()
            && self
                .segments
                .iter()
                .zip(given)
                .all(|(segment, given)| match segment {
                    Segment::Fixed(name) => name == given,
                    Segment::Parameter(_) => !given.is_empty(),
                })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> RouteTable {
        let mut table = RouteTable::default();
        for (path, operations) in [
            ("/a", &[(Method::GET, "listA")][..]),
            ("/a/{id}", &[(Method::GET, "getA"), (Method::PUT, "putA")]),
            ("/a/batch", &[(Method::POST, "batch")]),
            ("/a/{id}/b/{name}", &[(Method::POST, "addB")]),
        ] {
            let operations = operations.iter().cloned();
            table.add(
                path,
                operations.map(|(method, id)| Operation { method, id }),
            );
        }
        table
    }

    #[test]
    fn an_operation_is_told_by_address_and_method() {
        let table = table();
        assert_eq!(table.operation(&Method::GET, "/a/"), Some("listA"));
        assert_eq!(table.operation(&Method::HEAD, "/a/7"), Some("getA"));
        assert_eq!(table.operation(&Method::POST, "/a/batch"), Some("batch"));
        assert_eq!(table.operation(&Method::DELETE, "/a/7"), None);
        assert_eq!(table.operation(&Method::GET, "/b"), None);
        assert_eq!(table.operations().count(), 5);
    }

    #[test]
    fn methods_are_those_of_the_address() {
        assert_eq!(table().allowed("/a"), "GET, HEAD");
        assert_eq!(table().allowed("/a/7"), "GET, HEAD, PUT");
        assert_eq!(table().allowed("/a/7/b/x"), "POST");
        assert_eq!(table().allowed("/a/batch"), "POST", "the more exact of two");
    }

    #[test]
    fn parameters_are_counted_from_the_left() {
        assert_eq!(table().parameter("/a/7/b/x", 1).as_deref(), Some("name"));
        assert_eq!(table().parameter("/a", 0), None);
    }
}

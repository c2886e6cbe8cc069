//! Permissions: every operation of the specification, asked by every kind of caller.

use poem::http::Method;
use serde_json::{Value, json};
use souk_identity::{Permission, Permissions, Role};
use souk_store::TenantChanges;

use crate::{
    shop::{ADMIN_KEY, Reply, Shop, add_api_key, add_tenant, signed_in},
    specification::SPECIFICATION,
};

const HOST: &str = "first.example";

/// Operation for staff.
struct Operation {
    method: Method,
    path: String,
    permission: Permission,
}

/// Operations for staff, with ids that nothing has.
fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (template, of_path) in SPECIFICATION["paths"].as_object().unwrap() {
        if !template.starts_with("/api/admin/") {
            continue;
        }
        for (method, operation) in of_path.as_object().unwrap() {
            let id = &operation["operationId"];
            let permission = operation["x-permission"].as_str();
            let permission = permission.unwrap_or_else(|| panic!("{id} names no permission"));
            assert_eq!(operation["security"], json!([{"bearer": []}]), "{id}");
            let said = format!("Needs the permission `{permission}`.");
            let description = operation["description"].as_str().unwrap();
            assert!(description.ends_with(&said), "{id}");
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: address(template),
                permission: permission.parse().unwrap(),
            });
        }
    }
    operations
}

fn address(template: &str) -> String {
    let segments = template.split('/').map(|segment| match segment {
        "{id}" => "987654321",
        "{kind}" => "sellers",
        parameter if parameter.starts_with('{') => "none",
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

async fn ask(shop: &Shop, operation: &Operation, key: Option<&str>) -> Reply {
    let bearer = key.map(|key| format!("Bearer {}", key.trim_start_matches("Bearer ")));
    let mut headers = vec![("Host", HOST)];
    headers.extend(
        bearer
            .as_ref()
            .map(|bearer| ("Authorization", bearer.as_str())),
    );
    shop.send(operation.method.clone(), &operation.path, &headers, None)
        .await
}

/// Code of the refusal of a caller, and what it says; `None` if the operation itself answered.
fn refusal(reply: &Reply) -> Option<(u16, String, String)> {
    let text = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
    [401, 403]
        .contains(&reply.status)
        .then(|| (reply.status, text("code"), text("message")))
}

#[tokio::test]
async fn every_operation_for_staff_answers_exactly_those_who_have_its_permission() {
    let shop = Shop::open().await;
    let hosts = TenantChanges {
        hosts: Some(vec![HOST.parse().unwrap()]),
        ..TenantChanges::default()
    };
    let tenants = shop.store.tenants();
    tenants.update("first", hosts, None).await.unwrap();
    let other = add_tenant(&shop.store, "other", Some("other.example"), None).await;
    let (own, others) = (shop.store.scope(shop.tenant.id), shop.store.scope(other.id));
    let shop = shop.reopen();

    let far = i64::MAX;
    let all = Permissions::OF_TENANT;
    let (_, expired) = add_api_key(&own, all, 1).await;
    let (id, revoked) = add_api_key(&own, all, far).await;
    own.api_keys().revoke(&id, 1).await.unwrap();
    let (_, foreign) = add_api_key(&others, all, far).await;
    let mut only = Vec::new();
    let mut without = Vec::new();
    for permission in Permission::ALL {
        let set = Permissions::of(&[*permission]);
        only.push(add_api_key(&own, set, far).await.1);
        without.push(add_api_key(&own, all.without(set), far).await.1);
    }

    let operations = operations();
    assert!(operations.len() > 90, "{}", operations.len());
    let mut used = Permissions::NONE;
    for operation in &operations {
        let (method, path, permission) = (&operation.method, &operation.path, operation.permission);
        used = used.and(Permissions::of(&[permission]));
        let place = Permission::ALL.iter().position(|it| *it == permission);
        let place = place.unwrap();
        let what = |caller: &str| format!("{method} {path} by {caller}");
        for (caller, key) in [
            ("nobody", None),
            ("a wrong key", Some("wrong")),
            ("an expired key", Some(&*expired)),
            ("a revoked key", Some(&*revoked)),
        ] {
            let refused = refusal(&ask(&shop, operation, key).await);
            let code = refused.map(|(status, code, _)| (status, code));
            let expected = Some((401, "unauthorized".to_owned()));
            assert_eq!(code, expected, "{}", what(caller));
        }
        let lacking = refusal(&ask(&shop, operation, Some(&without[place])).await);
        let (status, code, message) = lacking.unwrap_or_else(|| panic!("{}", what("others")));
        assert_eq!((status, &*code), (403, "forbidden"), "{}", what("others"));
        assert!(message.contains(&format!("`{permission}`")), "{message}");

        let refused = refusal(&ask(&shop, operation, Some(&foreign)).await);
        let code = refused.map(|(status, code, _)| (status, code));
        let expected = match permission.is_of_installation() {
            true => "forbidden",
            false => "foreign_api_key",
        };
        let expected = Some((403, expected.to_owned()));
        assert_eq!(code, expected, "{}", what("another tenant's key"));

        for (caller, key) in [("the admin key", ADMIN_KEY), ("its key", &only[place])] {
            let refused = refusal(&ask(&shop, operation, Some(key)).await);
            assert_eq!(refused, None, "{}", what(caller));
        }
    }
    assert_eq!(
        used,
        Permissions::ALL,
        "each permission is needed somewhere"
    );
}

#[tokio::test]
async fn every_operation_for_staff_answers_the_roles_of_the_table() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    let other = add_tenant(&shop.store, "other", Some("other.example"), None).await;
    let elsewhere = shop.store.scope(other.id);
    let shop = shop.reopen();
    let foreign = signed_in(&elsewhere, "eve@mail.example", Role::Owner).await;
    let roles = Role::ALL.into_iter().filter(|role| !role.is_of_seller());
    let mut people = Vec::new();
    for role in roles {
        let mail = format!("{role}@mail.example");
        people.push((role, signed_in(&scope, &mail, role).await));
    }
    for operation in &operations() {
        let (method, path, permission) = (&operation.method, &operation.path, operation.permission);
        for (role, session) in &people {
            let refused = refusal(&ask(&shop, operation, Some(session)).await);
            let code = refused.map(|(status, code, _)| (status, code));
            let may = Permissions::of_role(*role).has(permission);
            let expected = (!may).then(|| (403, "forbidden".to_owned()));
            assert_eq!(code, expected, "{method} {path} by {role}");
        }
        let refused = refusal(&ask(&shop, operation, Some(&foreign)).await);
        let code = refused.map(|(status, code, _)| (status, code));
        let expected = Some((401, "sign_in_required".to_owned()));
        assert_eq!(code, expected, "{method} {path} by another tenant's owner");
    }
}

#[tokio::test]
async fn key_chooses_its_tenant_and_sees_nothing_of_another() {
    let shop = Shop::open().await;
    let other = add_tenant(&shop.store, "other", None, None).await;
    let scope = shop.store.scope(other.id);
    let (_, key) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    let shop = shop.reopen();
    let bearer = format!("Bearer {key}");
    let ask = async |method: Method, path: &str| {
        let headers = [("Authorization", &*bearer), ("If-Match", "*")];
        Box::pin(shop.send(method, path, &headers, None)).await
    };
    let listed = shop.admin(Method::GET, "/api/admin/products", None).await;
    let first = listed.expect(200)["products"][0]["id"].clone();
    let own = ask(Method::GET, "/api/admin/products").await.expect(200);
    assert_eq!(own["products"], Value::Array(vec![]), "of its own tenant");
    let path = format!("/api/admin/products/{first}");
    for method in [Method::GET, Method::DELETE] {
        ask(method, &path).await.error(404);
    }
    let keys = "/api/admin/tenants/first/keys";
    ask(Method::GET, keys).await.error(404);
    let own = "/api/admin/tenants/other/keys";
    ask(Method::GET, own).await.expect(200);
}

#[test]
fn table_in_the_documentation_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SECURITY.md");
    let documented = std::fs::read_to_string(path).unwrap();
    let rows = documented.lines().filter(|line| line.starts_with("| `"));
    let rows: Vec<_> = rows.filter(|line| line.contains('.')).collect();
    let expected = Permission::ALL.iter().map(|permission| {
        let staff = [
            Role::Analyst,
            Role::Support,
            Role::Merchandiser,
            Role::Admin,
            Role::Owner,
        ];
        let of_roles = staff.map(|role| Permissions::of_role(role).has(*permission));
        let of_keys = Permissions::OF_TENANT.has(*permission);
        let columns = of_roles.into_iter().chain([of_keys]);
        let columns: String = columns
            .map(|has| if has { " yes |" } else { " |" })
            .collect();
        format!("| `{permission}` | {} |{columns}", permission.meaning())
    });
    assert_eq!(rows, expected.collect::<Vec<_>>());
}

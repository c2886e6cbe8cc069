//! Details of a trader, which buyers see beside the goods (Regulation (EU) 2022/2065, article 30).

use serde::{Deserialize, Serialize};

use crate::{
    InvalidField,
    checks::{at_most, required},
    ordering::{AddressInput, PostalAddress},
    text::tidied,
};

/// Seller, as the law wants buyers to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraderDetails {
    /// Name of the company or person.
    pub legal_name: String,
    /// Address.
    pub address: PostalAddress,
    /// Mail address.
    pub mail: String,
    /// Phone number.
    pub phone: String,
    /// Trade register and number in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Number for the tax on sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
}

/// Details of a trader as somebody typed them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraderInput {
    /// Name of the company or person.
    pub legal_name: String,
    /// Address. Without a name it has the legal one.
    pub address: AddressInput,
    /// Mail address.
    pub mail: String,
    /// Phone number.
    pub phone: String,
    /// Trade register and number in it.
    pub register: Option<String>,
    /// Number for the tax on sales.
    pub vat_id: Option<String>,
}

impl TraderInput {
    /// Tidies the details and checks them.
    ///
    /// # Errors
    /// Naming the field at fault, such as `address.city`.
    pub fn check(self) -> Result<TraderDetails, InvalidField> {
        let legal_name = tidied(&self.legal_name);
        required("legal_name", &legal_name, 200)?;
        let mut address = self.address;
        if address.name.trim().is_empty() {
            address.name.clone_from(&legal_name);
        }
        let address = address.check().map_err(|invalid| {
            let field = format!("address.{}", invalid.field);
            InvalidField::new(field, invalid.message)
        })?;
        let mail = tidied(&self.mail);
        required("mail", &mail, 254)?;
        if !mail.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !mail.contains(char::is_whitespace)
        }) {
            return Err(InvalidField::new("mail", "must be a mail address"));
        }
        let phone = tidied(&self.phone);
        required("phone", &phone, 50)?;
        if phone.chars().filter(char::is_ascii_digit).count() < 5 {
            return Err(InvalidField::new("phone", "must be a phone number"));
        }
        let optional = |field: &'static str, text: Option<String>| {
            let text = text.map(|text| tidied(&text)).filter(|it| !it.is_empty());
            if let Some(text) = &text {
                at_most(field, text, 100)?;
            }
            Ok::<_, InvalidField>(text)
        };
        Ok(TraderDetails {
            legal_name,
            address,
            mail,
            phone,
            register: optional("register", self.register)?,
            vat_id: optional("vat_id", self.vat_id)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn potter() -> TraderInput {
        TraderInput {
            legal_name: " Pottery Ltd ".to_owned(),
            address: AddressInput {
                line1: "Kiln Lane 1".to_owned(),
                postcode: Some("10115".to_owned()),
                city: Some("Berlin".to_owned()),
                country: "de".to_owned(),
                ..AddressInput::default()
            },
            mail: "shop@pottery.example".to_owned(),
            phone: "+49 30 123456".to_owned(),
            register: Some("  ".to_owned()),
            vat_id: Some("DE123456789".to_owned()),
        }
    }

    #[test]
    fn details_are_tidied_and_the_address_has_the_legal_name() {
        let trader = potter().check().unwrap();
        assert_eq!(trader.legal_name, "Pottery Ltd");
        assert_eq!(trader.address.name, "Pottery Ltd");
        assert_eq!(trader.register, None);
    }

    #[test]
    fn fault_names_its_field() {
        let blamed = |change: fn(&mut TraderInput)| {
            let mut input = potter();
            change(&mut input);
            input.check().unwrap_err().field.into_owned()
        };
        assert_eq!(blamed(|it| it.legal_name.clear()), "legal_name");
        assert_eq!(blamed(|it| it.address.city = None), "address.city");
        assert_eq!(blamed(|it| it.mail = "shop".to_owned()), "mail");
        assert_eq!(blamed(|it| it.phone = "none".to_owned()), "phone");
        assert_eq!(blamed(|it| it.vat_id = Some("9".repeat(101))), "vat_id");
    }
}

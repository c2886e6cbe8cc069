//! `souk people`: accounts of people, and their roles.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use souk_accounts::{AccountService, Invitee, NewcomerFault};
use souk_domain::{AccountId, Language, SellerId};
use souk_identity::{Authority, MailAddress, Role};
use souk_store::{Membership, Person, Store, Tenant};

use super::{
    catalogue::{RowsSkipped, Whose},
    newcomers, output,
    recording::recorded,
};
use crate::{config::Config, opening};

/// People that are read at a time.
const PAGE: u32 = 500;

const IMPORT_HELP: &str = "\
The file is CSV with a header. Columns, also under the names of WordPress, Django and others:
  mail           email, user_email, customer_email
  name           display_name, full_name, or first_name and last_name
  language       locale, lang
  password_hash  user_pass, encrypted_password, password

Hashes of bcrypt, WordPress, phpass, Argon2, PBKDF2 and scrypt stay good; each is replaced at its owner's first sign-in.
Whoever has none sets a password by a link. Addresses count as confirmed. Accounts that are there stay as they are.

Exits with 3 if rows with faults were left out.

Examples:
  souk people import customers.csv
  wp user list --fields=user_email,display_name,user_pass --format=csv | souk people import -";

/// Actions on people.
#[derive(Debug, Subcommand)]
pub(super) enum PeopleCommand {
    /// Invite somebody, and print the link that sets their password
    Add(AddArgs),
    /// List people with their roles
    List {
        /// Only those with this role, such as owner
        #[arg(long)]
        role: Option<Role>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Give somebody a further role
    Give(RoleArgs),
    /// Take a role from somebody
    Take(RoleArgs),
    /// Mail somebody a link that sets their password, and print it
    Reset(Somebody),
    /// Remove the second factor of somebody who has lost it
    RemoveFactor(Somebody),
    /// Disable an account: within a second its sessions are refused
    Disable(Somebody),
    /// Let a disabled account sign in again
    Enable(Somebody),
    /// End all sessions of somebody
    SignOut(Somebody),
    /// Import customers of another system, with the hashes of their passwords
    #[command(after_help = IMPORT_HELP)]
    Import(ImportArgs),
    /// Print the link that makes the first owner of a marketplace
    OwnerLink {
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Mail address
    mail: String,
    /// Role, such as owner, merchandiser or seller_manager
    #[arg(long)]
    role: Role,
    /// Id of the seller of a seller's role
    #[arg(long, value_name = "ID")]
    seller: Option<i64>,
    /// Display name
    #[arg(long, default_value = "")]
    name: String,
    /// Language of mails, ISO 639-1; the marketplace's if not given
    #[arg(long)]
    language: Option<Language>,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct RoleArgs {
    /// Mail address of the account
    mail: String,
    /// The role
    role: Role,
    /// Id of the seller of a seller's role
    #[arg(long, value_name = "ID")]
    seller: Option<i64>,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct Somebody {
    /// Mail address of the account
    mail: String,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// File, or `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    whose: Whose,
}

/// A database, and the accounts in it.
struct Opened {
    store: Store,
    accounts: AccountService,
}

/// Runs an action.
pub(super) async fn run(command: PeopleCommand, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    let accounts = opening::accounts(config, &store, None).await?;
    let opened = Opened { store, accounts };
    match command {
        PeopleCommand::Add(args) => opened.add(args).await,
        PeopleCommand::List { role, whose } => opened.list(role, &whose).await,
        PeopleCommand::Give(args) => opened.give(args).await,
        PeopleCommand::Take(args) => opened.take(args).await,
        PeopleCommand::Reset(somebody) => opened.reset(&somebody).await,
        PeopleCommand::RemoveFactor(somebody) => opened.remove_factor(&somebody).await,
        PeopleCommand::Disable(somebody) => opened.set_disabled(&somebody, true).await,
        PeopleCommand::Enable(somebody) => opened.set_disabled(&somebody, false).await,
        PeopleCommand::SignOut(somebody) => opened.sign_out(&somebody).await,
        PeopleCommand::Import(args) => opened.import(&args).await,
        PeopleCommand::OwnerLink { whose } => opened.owner_link(&whose).await,
    }
}

impl Opened {
    async fn add(&self, args: AddArgs) -> anyhow::Result<()> {
        let tenant = args.whose.find(&self.store).await?;
        let language = args.language.unwrap_or(tenant.language);
        let invitee = Invitee {
            mail: args.mail,
            name: args.name,
            language: language.code().to_owned(),
            membership: membership(args.role, args.seller),
        };
        let inviting = self.accounts.invite(&tenant, Authority::FULL, invitee);
        let invited = recorded(&self.store, tenant.id, "souk people add", inviting).await;
        let invited = invited.context("nobody was invited")?;
        show(&invited.person)?;
        output::line(&match invited.url {
            Some(url) => format!(
                "They choose a password at this address, which a mail has as well. It is good once, for seven days:\n{url}"
            ),
            None => "They have an account, and sign in with its password.".to_owned(),
        })
    }

    async fn list(&self, role: Option<Role>, whose: &Whose) -> anyhow::Result<()> {
        let tenant = whose.find(&self.store).await?;
        let accounts = self.store.scope(tenant.id).accounts();
        let mut after = None;
        loop {
            let page = accounts.people(after, PAGE, role).await?;
            page.iter().try_for_each(show)?;
            match page.last() {
                Some(last) => after = Some(last.account.id),
                None => return Ok(()),
            }
        }
    }

    async fn give(&self, args: RoleArgs) -> anyhow::Result<()> {
        let (tenant, id) = self.find(&args.whose, &args.mail).await?;
        let membership = membership(args.role, args.seller);
        let giving = self
            .accounts
            .give_role(tenant.id, Authority::FULL, id, membership);
        let given = recorded(&self.store, tenant.id, "souk people give", giving).await;
        show(&given.context("the role was not given")?)
    }

    async fn take(&self, args: RoleArgs) -> anyhow::Result<()> {
        let (tenant, id) = self.find(&args.whose, &args.mail).await?;
        let membership = membership(args.role, args.seller);
        let taking = self
            .accounts
            .take_role(tenant.id, Authority::FULL, id, membership);
        let taken = recorded(&self.store, tenant.id, "souk people take", taking).await;
        show(&taken.context("the role was not taken")?)
    }

    async fn reset(&self, somebody: &Somebody) -> anyhow::Result<()> {
        let (tenant, id) = self.find(&somebody.whose, &somebody.mail).await?;
        let sending = self
            .accounts
            .send_password_link(&tenant, Authority::FULL, id);
        let sent = recorded(&self.store, tenant.id, "souk people reset", sending).await;
        let url = sent.context("no link was made")?;
        output::line(&format!("A password is set here, once:\n{url}"))
    }

    async fn remove_factor(&self, somebody: &Somebody) -> anyhow::Result<()> {
        let (tenant, id) = self.find(&somebody.whose, &somebody.mail).await?;
        let removing = self.accounts.remove_factors(&tenant, Authority::FULL, id);
        let removed = recorded(
            &self.store,
            tenant.id,
            "souk people remove-factor",
            removing,
        )
        .await;
        removed.context("no factor was removed")?;
        output::line("Removed. The password alone is asked for from now on.")
    }

    async fn set_disabled(&self, somebody: &Somebody, is_disabled: bool) -> anyhow::Result<()> {
        let (tenant, id) = self.find(&somebody.whose, &somebody.mail).await?;
        let action = match is_disabled {
            true => "souk people disable",
            false => "souk people enable",
        };
        let changing = self
            .accounts
            .set_disabled(tenant.id, Authority::FULL, id, is_disabled);
        let changed = recorded(&self.store, tenant.id, action, changing).await;
        show(&changed.context("the account was not changed")?)
    }

    async fn sign_out(&self, somebody: &Somebody) -> anyhow::Result<()> {
        let (tenant, id) = self.find(&somebody.whose, &somebody.mail).await?;
        let ending = self.accounts.end_sessions(tenant.id, Authority::FULL, id);
        let ended = recorded(&self.store, tenant.id, "souk people sign-out", ending).await;
        let ended = ended.context("no session was ended")?;
        output::line(&format!("Ended {ended} sessions."))
    }

    async fn import(&self, args: &ImportArgs) -> anyhow::Result<()> {
        let tenant = args.whose.find(&self.store).await?;
        let newcomers = newcomers::read(&args.file)?;
        let importing = self.accounts.import(&tenant, newcomers);
        let done = recorded(&self.store, tenant.id, "souk people import", importing).await;
        let summary = done.context("not everybody was imported; run it again to go on")?;
        for NewcomerFault { row, fault } in &summary.faults {
            output::complain(&format!("line {row}: {} {}", fault.field, fault.message));
        }
        output::line(&format!(
            "Imported {} accounts; {} were there already; {} rows have faults.",
            summary.added,
            summary.known,
            summary.faults.len()
        ))?;
        match summary.faults.len() {
            0 => Ok(()),
            rows => Err(RowsSkipped::printed(rows as u64).into()),
        }
    }

    async fn owner_link(&self, whose: &Whose) -> anyhow::Result<()> {
        let tenant = whose.find(&self.store).await?;
        match self.accounts.first_owner_page(&tenant).await? {
            Some(url) => output::line(&url),
            None => bail!(
                "{} has an owner; `souk people add MAIL --role owner` makes another one",
                tenant.slug
            ),
        }
    }

    async fn find(&self, whose: &Whose, mail: &str) -> anyhow::Result<(Tenant, AccountId)> {
        let tenant = whose.find(&self.store).await?;
        let address = MailAddress::parse(mail)?;
        let accounts = self.store.scope(tenant.id).accounts();
        let found = accounts.by_mail(&address).await?;
        let found = found.with_context(|| {
            format!("{mail} has no account; `souk people list` shows who has one")
        })?;
        Ok((tenant, found.account.id))
    }
}

fn membership(role: Role, seller: Option<i64>) -> Membership {
    Membership {
        role,
        seller: seller.map(SellerId),
    }
}

fn show(person: &Person) -> anyhow::Result<()> {
    let account = &person.account;
    let state = match (account.disabled_at_ms, account.verified_at_ms) {
        (Some(_), _) => "disabled",
        (None, None) => "invited",
        (None, Some(_)) => "in force",
    };
    let roles = person.memberships.iter().map(|one| match one.seller {
        Some(seller) => format!("{}:{}", one.role, seller.0),
        None => one.role.to_string(),
    });
    let roles = roles.collect::<Vec<_>>().join(" ");
    output::line(&format!(
        "{} {state:<8} {} {} [{roles}]",
        account.id.0, account.mail, account.name
    ))
}

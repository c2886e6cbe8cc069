//! Condition on products that searches show.

/// Condition on a row of `products`: no other table that searches join has these columns.
pub(crate) const LISTED: &str = "status = 'active' AND is_hidden = 0";

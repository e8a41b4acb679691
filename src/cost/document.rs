//! What a scenario says of prices.

use crate::document::{At, record};
use crate::units::Money;

record! {
    /// What things cost, all in one currency.
    pub struct CostsDoc {
        /// A pod for an hour. The default is the list price of 1 vCPU and 2 GiB on AWS Fargate in
        /// us-east-1, 0.04048 + 2 x 0.004445 USD, to the cent of a cent.
        podHour => pod_hour: At<Money> = "0.0494 USD",
        /// A request that fails: revenue of a request that is not tried again.
        failedRequest => failed_request: At<Money> = "0.001 USD"
            assumed "a consumer service that lives on orders" from "0.0002 USD" to "0.005 USD",
        /// A user who met at least one failure or a response that was too slow.
        harmedUser => harmed_user: At<Money> = "0.05 USD"
            assumed "one in a hundred leaves, and was worth 5 USD" from "0.01 USD" to "0.25 USD",
        /// An hour of somebody who was paged or asked.
        engineerHour => engineer_hour: At<Money> = "100 USD"
            assumed "with all overheads; PagerDuty counts 50 USD" from "50 USD" to "200 USD",
        /// An hour that a good change is not live yet.
        delayHour => delay_hour: At<Money> = "20 USD"
            assumed "what a change is worth while it waits" from "5 USD" to "100 USD",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Decode, Problems, SourceKind, Sources, complete, decode, yaml};

    #[test]
    fn every_price_has_a_default() {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let text = b"engineerHour: 50 USD";
        let tree = yaml::parse_one(&mut sources, SourceKind::File, "c", text, &mut problems);
        let tree = complete(CostsDoc::shape(), tree.expect("a tree"));
        let costs: CostsDoc = decode(&tree, &mut problems).expect("a document without problems");
        assert_eq!(costs.engineer_hour.value.to_string(), "50 USD");
        assert_eq!(costs.pod_hour.value.to_string(), "0.0494 USD");
        assert_eq!(costs.failed_request.value.to_string(), "0.001 USD");
        assert_eq!(costs.harmed_user.value.to_string(), "0.05 USD");
        assert_eq!(costs.delay_hour.value.to_string(), "20 USD");
    }
}

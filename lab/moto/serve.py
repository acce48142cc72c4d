"""Starts moto, with what the controllers need of AWS and moto lacks. Arguments are moto_server's."""

import base64
import fnmatch
import json
import sys

import moto.elb.models as elb
import moto.elbv2.models as elbv2
import moto.shield.responses as shield
import moto.sts.responses as sts
import xmltodict
from moto.core.exceptions import AccessDeniedError
from moto.iam.models import iam_backends
from moto.server import main
from moto.sts.exceptions import STSClientError

# The load balancer controller asks of every ALB whether the account has Shield Advanced, and waits for the answer. Most have not
# (docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_GetSubscriptionState.html).
shield.ShieldResponse.get_subscription_state = lambda self: json.dumps({"SubscriptionState": "INACTIVE"})


# A new Classic Load Balancer has a health check, which the cloud controller compares with its own
# (docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-healthchecks.html).
def with_health_check(init):
    def inner(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.health_check = elb.FakeHealthCheck(
            timeout="5", healthy_threshold="10", unhealthy_threshold="2", interval="30",
            target=f"TCP:{self.listeners[0].instance_port}",
        )

    return inner


elb.LoadBalancer.__init__ = with_health_check(elb.LoadBalancer.__init__)


# AWS reads a token before it gives a role for it: its issuer must be a provider of the account, and the role must trust its subject
# (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html). The signature is not checked: the issuer is the lab's own
# API server.
def only_if_trusted(assume):
    def inner(self):
        iam = iam_backends[self.current_account][self.partition]
        body = self._get_param("WebIdentityToken").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        issuer = claims["iss"].removeprefix("https://")
        provider = next((p for p in iam.open_id_providers.values() if p.url.removeprefix("https://") == issuer), None)
        if provider is None:
            raise STSClientError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {claims['iss']}")
        role = iam.get_role_by_arn(self._get_param("RoleArn"))
        statements = json.loads(role.assume_role_policy_document)["Statement"]
        if not any(trusts(statement, provider, issuer, claims) for statement in statements):
            raise STSClientError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        return assume(self)

    return inner


def trusts(statement, provider, issuer, claims):
    if statement["Effect"] != "Allow" or statement["Principal"].get("Federated") != provider.arn:
        return False
    return all(
        any(fnmatch.fnmatchcase(said, wanted) if operator == "StringLike" else said == wanted
            for said in listed(claims.get(key.removeprefix(issuer + ":"))) for wanted in listed(value))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, value in conditions.items()
    )


def listed(value):
    return value if isinstance(value, list) else [value]


# Priorities are set all at once: a rule in the list leaves its own to another, as when a member leaves a group of Ingresses and the rules
# behind it move up (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html).
def all_at_once(set_rule_priorities):
    def inner(self, rule_priorities):
        rules = self.describe_rules(listener_arn=None, rule_arns=[wanted["RuleArn"] for wanted in rule_priorities])
        before = [rule.priority for rule in rules]
        for free, rule in enumerate(rules, start=1):
            rule.priority = -free
        try:
            return set_rule_priorities(self, rule_priorities)
        except Exception:
            for rule, priority in zip(rules, before):
                rule.priority = priority
            raise

    return inner


elbv2.ELBv2Backend.set_rule_priorities = all_at_once(elbv2.ELBv2Backend.set_rule_priorities)


# Whoever has a token alone has no credentials yet, so this one call is not signed
# (docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
def without_signature(authorize):
    def inner(self, *args, **kwargs):
        if self._get_action() != "AssumeRoleWithWebIdentity":
            authorize(self, *args, **kwargs)

    return inner


sts.TokenResponse._authenticate_and_authorize_normal_action = without_signature(
    sts.TokenResponse._authenticate_and_authorize_normal_action
)
sts.TokenResponse.assume_role_with_web_identity = only_if_trusted(sts.TokenResponse.assume_role_with_web_identity)


# A refusal has EC2's form in every service; callers of ELB and IAM look for the error one level higher
# (smithy.io/2.0/aws/protocols/aws-query-protocol.html).
def in_both_forms(init):
    def inner(self, *args, **kwargs):
        init(self, *args, **kwargs)
        error = {"Type": "Sender", "Code": self.error_type, "Message": self.message}
        self.description = xmltodict.unparse({"ErrorResponse": {"Error": error, "Errors": {"Error": error}}})

    return inner


AccessDeniedError.__init__ = in_both_forms(AccessDeniedError.__init__)


# A network load balancer keeps the elastic addresses that it is given, one for each subnet
# (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html).
def with_addresses(create):
    def inner(self, *args, subnet_mappings=None, **kwargs):
        made = create(self, *args, subnet_mappings=subnet_mappings, **kwargs)
        made.allocations = {m["SubnetId"]: m.get("AllocationId") for m in subnet_mappings or []}
        return made

    return inner


def zones(self):
    found = [elbv2.AvailabilityZone(subnet) for subnet in self.subnets]
    for zone in found:
        allocation = getattr(self, "allocations", {}).get(zone.subnet_id)
        zone.load_balancer_addresses = [{"AllocationId": allocation}] if allocation else []
    return found


elbv2.ELBv2Backend.create_load_balancer = with_addresses(elbv2.ELBv2Backend.create_load_balancer)
elbv2.FakeLoadBalancer.availability_zones = property(zones)

main(sys.argv[1:])

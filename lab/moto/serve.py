"""Starts moto with behavior of AWS that the controllers need and moto lacks. Arguments are those of moto_server."""

import base64
import fnmatch
import json
import sys
import threading
import zlib

import account_checks
import branch_interfaces
import flask
import hosted_zones
import moto.acm.models as acm
import moto.ec2.models as ec2
import moto.ec2.models.elastic_network_interfaces as interfaces
import moto.ec2.models.nat_gateways as nat_gateways
import moto.ec2.models.subnets as subnets
import moto.ec2.models.vpcs as vpcs
import moto.ec2.responses.elastic_network_interfaces as interface_responses
import moto.ec2.utils as ec2_utils
import moto.elb.models as elb
import moto.elbv2.models as elbv2
import moto.server as server
import moto.shield.responses as shield
import moto.sts.responses as sts
import moto.wafv2.models as wafv2
import xmltodict
from moto.core.exceptions import AccessDeniedError
from moto.iam.models import iam_backends
from moto.sts.exceptions import STSClientError

# Resources of the rehearsed stack have the IDs of the rehearsal, so that its objects, values and policies can be used
# as they are. A request that creates such a resource has the IDs in a header (lab/account/given_ids.go), each of which
# is used once. Requests of controllers have no such header, and moto generates the IDs of their resources.
def given_ids():
    if not flask.has_request_context():
        return []
    if "given_ids" not in flask.g:
        flask.g.given_ids = [given for given in flask.request.headers.get("X-Resource-Ids", "").split(",") if given]
    return flask.g.given_ids


def take_given_id(matches):
    found = next((given for given in given_ids() if matches(given)), None)
    if found:
        given_ids().remove(found)
    return found


def with_given_id(generate):
    def inner(prefix="", size=17):
        return take_given_id(lambda given: given.rpartition("-")[0] == prefix) or generate(prefix, size)

    return inner


def with_given_arn(generate):
    def inner(*args, **kwargs):
        return take_given_id(lambda given: given.startswith("arn:")) or generate(*args, **kwargs)

    return inner


# Moto creates the default VPC of a region during the first request for the region, which is not for that VPC.
def without_given_ids(init):
    def inner(self, *args, **kwargs):
        kept = given_ids().copy()
        given_ids().clear()
        init(self, *args, **kwargs)
        given_ids().extend(kept)

    return inner


ec2_utils.random_id = with_given_id(ec2_utils.random_id)
acm.make_arn_for_certificate = with_given_arn(acm.make_arn_for_certificate)
ec2.EC2Backend.__init__ = without_given_ids(ec2.EC2Backend.__init__)
hosted_zones.install(take_given_id)
account_checks.install()
branch_interfaces.install()

# Web ACLs are the operator's: a regional one of the account is taken to exist, as in the simulated account. A load
# balancer has one web ACL, which another one replaces; moto keeps both.
def of_the_operator(associate):
    def inner(self, web_acl_arn, resource_arn):
        here = f":wafv2:{self.region_name}:{self.account_id}:regional/webacl/"
        if web_acl_arn not in self.wacls and here in web_acl_arn:
            name, identifier = web_acl_arn.split("/")[-2:]
            self.wacls[web_acl_arn] = wafv2.FakeWebACL(
                name, self.account_id, web_acl_arn, identifier, {}, {"Allow": {}}, None, None
            )
        self.disassociate_web_acl(resource_arn)
        associate(self, web_acl_arn, resource_arn)

    return inner


wafv2.WAFV2Backend.associate_web_acl = of_the_operator(wafv2.WAFV2Backend.associate_web_acl)

# EC2 assigns a public address to the interface of an instance in a public subnet. A request that creates the interface
# has the rehearsal's address among its IDs.
def with_given_public_address(init):
    def inner(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.public_ip = take_given_id(lambda given: given.count(".") == 3) or self.public_ip

    return inner


interfaces.NetworkInterface.__init__ = with_given_public_address(interfaces.NetworkInterface.__init__)

# Amazon assigns the IPv6 CIDR block of a VPC. A request for one has the rehearsal's block among its IDs.
generated_block = vpcs.random_ipv6_cidr
vpcs.random_ipv6_cidr = lambda: take_given_id(lambda given: "::/" in given) or generated_block()


# The state of a subnet's IPv6 CIDR block is a text, which the load balancer controller reads for prefixes of a load
# balancer (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrBlockState.html).
nested_states = subnets.Subnet.ipv6_cidr_block_association_set.fget


def with_states(subnet):
    blocks = nested_states(subnet)
    for block in blocks:
        block["ipv6CidrBlockState"] = {"state": block["ipv6CidrBlockState"]["state"]["State"]}
    return blocks


subnets.Subnet.ipv6_cidr_block_association_set = property(with_states)


# An interface has the requested prefixes of IPv6 addresses, which the load balancer controller finds in the description
# of its instance (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterface.html).
def with_prefixes(create):
    def inner(self):
        made = create(self)
        made.result["NetworkInterface"].ipv6_prefixes = self._get_param("Ipv6Prefixes", [])
        return made

    return inner


def with_changed_prefixes(change, result, changed):
    def inner(self):
        made = change(self)
        interface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
        requested = self._get_param("Ipv6Prefixes", [])
        interface.ipv6_prefixes = changed(interface.ipv6_prefixes, [{"Ipv6Prefix": prefix} for prefix in requested])
        made.result[result] = requested
        return made

    return inner


interfaces.NetworkInterface.ipv6_prefixes = []
responses = interface_responses.ElasticNetworkInterfaces
responses.create_network_interface = with_prefixes(responses.create_network_interface)
responses.assign_ipv6_addresses = with_changed_prefixes(
    responses.assign_ipv6_addresses, "AssignedIpv6Prefixes", lambda held, more: held + more
)
responses.unassign_ipv6_addresses = with_changed_prefixes(
    responses.unassign_ipv6_addresses, "UnassignedIpv6Prefixes",
    lambda held, gone: [prefix for prefix in held if prefix not in gone],
)

# The security groups of an interface are its own. Moto adds those of its instance, which are the first interface's
# (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html).
interfaces.NetworkInterface.group_set = property(lambda self: self._group_set)


# A NAT gateway has the requested private address, and no security group. When it is deleted, so is its interface, and
# its Elastic IP address is free (docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html).
def with_private_address(init):
    def inner(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self._eni._group_set = []
        self._eni.interface_type = "nat_gateway"

    return inner


def with_its_interface(delete):
    def inner(self, nat_gateway_id):
        gateway = delete(self, nat_gateway_id)
        self.enis.pop(gateway._eni.id, None)
        for address in self.addresses:
            if address.eni is gateway._eni:
                address.eni = address.association_id = None
        return gateway

    return inner


generated_address = nat_gateways.random_private_ip
nat_gateways.random_private_ip = lambda: flask.request.form.get("PrivateIpAddress") or generated_address()
nat_gateways.NatGateway.__init__ = with_private_address(nat_gateways.NatGateway.__init__)
ec2.EC2Backend.delete_nat_gateway = with_its_interface(ec2.EC2Backend.delete_nat_gateway)

# The load balancer controller requests for every ALB whether the account has a subscription to Shield Advanced. Most
# accounts do not (docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_GetSubscriptionState.html).
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


# AWS verifies a token before it returns credentials of a role: the issuer must be a provider in the account, and the role
# must trust the subject (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html). The signature is not
# verified here: the issuer is the lab's own API server.
def check_trust(assume):
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
        any(fnmatch.fnmatchcase(claim, wanted) if operator == "StringLike" else claim == wanted
            for claim in as_list(claims.get(key.removeprefix(issuer + ":"))) for wanted in as_list(value))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, value in conditions.items()
    )


def as_list(value):
    return value if isinstance(value, list) else [value]


# AWS sets all priorities of a call at once: a rule may get the current priority of another rule in the list, as when an
# Ingress is removed from a group and the priorities of later rules decrease
# (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html).
def set_at_once(set_rule_priorities):
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


elbv2.ELBv2Backend.set_rule_priorities = set_at_once(elbv2.ELBv2Backend.set_rule_priorities)


# A client with only a token has no credentials yet, so this call is not signed
# (docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html). The lab calls AssumeRole in the place
# of EKS, which compares the trust policy itself: moto would compare it with the lab's administrator.
def skip_signature(authorize):
    def inner(self, *args, **kwargs):
        if self._get_action() not in ("AssumeRole", "AssumeRoleWithWebIdentity"):
            authorize(self, *args, **kwargs)

    return inner


sts.TokenResponse._authenticate_and_authorize_normal_action = skip_signature(
    sts.TokenResponse._authenticate_and_authorize_normal_action
)
sts.TokenResponse.assume_role_with_web_identity = check_trust(sts.TokenResponse.assume_role_with_web_identity)


# Moto returns access denied errors of every service in EC2's format; clients of ELB and IAM expect another one
# (smithy.io/2.0/aws/protocols/aws-query-protocol.html).
def in_both_formats(init):
    def inner(self, *args, **kwargs):
        init(self, *args, **kwargs)
        error = {"Type": "Sender", "Code": self.error_type, "Message": self.message}
        self.description = xmltodict.unparse({"ErrorResponse": {"Error": error, "Errors": {"Error": error}}})

    return inner


AccessDeniedError.__init__ = in_both_formats(AccessDeniedError.__init__)


# A Network Load Balancer has the given Elastic IP addresses and private addresses, at most one for each subnet
# (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html).
def with_addresses(create):
    def inner(self, *args, subnet_mappings=None, **kwargs):
        made = create(self, *args, subnet_mappings=subnet_mappings, **kwargs)
        made.given_addresses = {
            m["SubnetId"]: {name: m[name] for name in ("AllocationId", "PrivateIPv4Address") if m.get(name)}
            for m in subnet_mappings or []
        }
        return made

    return inner


def zones(self):
    found = [elbv2.AvailabilityZone(subnet) for subnet in self.subnets]
    for zone in found:
        given = getattr(self, "given_addresses", {}).get(zone.subnet_id)
        zone.load_balancer_addresses = [given] if given else []
    return found


elbv2.ELBv2Backend.create_load_balancer = with_addresses(elbv2.ELBv2Backend.create_load_balancer)
elbv2.FakeLoadBalancer.availability_zones = property(zones)


# A Network Load Balancer has this setting. Without it the controller sets the subnets of each one that it creates for a
# Gateway again, which moto refuses for a single zone
# (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html).
def source_nat_prefix(self):
    return "off" if self.type == "network" else None


elbv2.FakeLoadBalancer.enable_prefix_for_ipv6_source_nat = property(source_nat_prefix)


# DNS names of load balancers end as AWS's do
# (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#dns-name,
# docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-internet-facing-load-balancers.html).
def dns_name(name, region, scheme, is_network, arn=""):
    if is_network:
        return f"{name}-{arn.rpartition('/')[2]}.elb.{region}.amazonaws.com".lower()
    prefix = "internal-" if scheme == "internal" else ""
    return f"{prefix}{name}-{zlib.crc32(name.encode())}.{region}.elb.amazonaws.com".lower()


def with_dns_name(create):
    def inner(self, *args, **kwargs):
        made = create(self, *args, **kwargs)
        is_network = getattr(made, "type", None) == "network"
        made.dns_name = dns_name(made.name, self.region_name, made.scheme, is_network, getattr(made, "arn", ""))
        return made

    return inner


elbv2.ELBv2Backend.create_load_balancer = with_dns_name(elbv2.ELBv2Backend.create_load_balancer)
elb.ELBBackend.create_load_balancer = with_dns_name(elb.ELBBackend.create_load_balancer)


# A target group is that of a load balancer also if a changed listener forwards to it
# (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html). Moto adds it for new listeners.
def with_target_groups(modify_listener):
    def inner(self, *args, **kwargs):
        listener = modify_listener(self, *args, **kwargs)
        for action in listener.default_actions:
            if action.type == "forward":
                for arn in self._get_target_group_arns_from(action_data=action.data):
                    if listener.load_balancer_arn not in self.target_groups[arn].load_balancer_arns:
                        self.target_groups[arn].load_balancer_arns.append(listener.load_balancer_arn)
        return listener

    return inner


elbv2.ELBv2Backend.modify_listener = with_target_groups(elbv2.ELBv2Backend.modify_listener)


# The lab's own load balancers check the health of targets, and the lab posts it to /moto-api/target-health: by target
# group, and by ADDRESS:PORT of the target. Until the first time, moto considers all targets healthy.
class TargetHealth:
    reported = None

    def of(self, group, address, port):
        host = f"[{address}]" if ":" in address else address
        return (self.reported or {}).get(group, {}).get(f"{host}:{port}")


target_health = TargetHealth()

# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
descriptions = {
    "Elb.RegistrationInProgress": "Target registration is in progress",
    "Elb.InitialHealthChecking": "Initial health checks in progress",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.Timeout": "Request timed out",
    "Target.NotInUse": "Target group is not configured to receive traffic from the load balancer",
}


def with_reported_health(health_for):
    def inner(self, target, ec2_backend):
        status = health_for(self, target, ec2_backend)
        registered = self.targets.get(target["Id"])
        if target_health.reported is None or registered is None or status.status != "healthy":
            return status
        instance = ec2_backend.get_instance_by_id(registered["Id"])
        address = instance.private_ip if instance else registered["Id"]
        found = target_health.of(self.arn, address, registered["Port"])
        if found:
            status.status, status.reason = found["State"], found["Reason"] or None
        elif self.load_balancer_arns:
            status.status, status.reason = "initial", "Elb.RegistrationInProgress"
        else:
            status.status, status.reason = "unused", "Target.NotInUse"
        status.description = descriptions.get(status.reason, status.reason)
        return status

    return inner


def with_reported_states(describe):
    def inner(self, lb_name, instances):
        states = describe(self, lb_name, instances)
        compute = ec2.ec2_backends[self.account_id][self.region_name]
        for state in states:
            if target_health.reported is None or state["State"] != "InService":
                continue
            address = compute.get_instance(state["InstanceId"]).private_ip
            found = [
                target_health.of(f"{lb_name}:{listener.load_balancer_port}", address, listener.instance_port)
                for listener in self.get_load_balancer(lb_name).listeners
            ]
            if not any(health and health["State"] == "healthy" for health in found):
                state["State"] = "OutOfService"
        return states

    return inner


elbv2.FakeTargetGroup.health_for = with_reported_health(elbv2.FakeTargetGroup.health_for)
elb.ELBBackend.describe_instance_health = with_reported_states(elb.ELBBackend.describe_instance_health)


# The lab follows networks, load balancers and names. It polls /moto-api/changes, the number of calls so far that may have
# changed them, and describes them only after a change.
class Changes:
    count = 0
    lock = threading.Lock()

    def add(self, response):
        request = flask.request
        if request.method != "GET" and not request.form.get("Action", "").startswith("Describe"):
            with self.lock:
                self.count += 1
        return response


changes = Changes()


def post_target_health():
    target_health.reported = flask.request.get_json()
    return ""


def with_lab_interface(create):
    def inner(service):
        app = create(service)
        if service == "moto_api":
            app.add_url_rule("/moto-api/target-health", view_func=post_target_health, methods=["POST"])
            app.add_url_rule("/moto-api/changes", view_func=lambda: str(changes.count), endpoint="changes")
        if service in ("ec2", "elb", "elbv2", "route53"):
            app.after_request(changes.add)
        return app

    return inner


server.create_backend_app = with_lab_interface(server.create_backend_app)

server.main(sys.argv[1:])

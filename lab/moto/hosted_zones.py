"""Behavior of Route 53 that the lab needs and moto lacks."""

import fnmatch
import re

import flask
import moto.route53.models as models
import moto.route53.responses as responses
from moto.iam.access_control import IAMPolicyStatement, IAMRequestBase, PermissionResult
from moto.route53.exceptions import Route53ClientError


def install(take_given_id):
    """Changes moto. take_given_id returns the next ID of the current request that a function accepts, or None."""
    generated = models.create_route53_zone_id
    models.create_route53_zone_id = lambda *args, **kwargs: take_given_id(is_zone_id) or generated(*args, **kwargs)
    models.Route53Backend.change_resource_record_sets = with_checks(models.Route53Backend.change_resource_record_sets)
    responses.Route53._authenticate_and_authorize_normal_action = with_resources(
        responses.Route53._authenticate_and_authorize_normal_action
    )
    IAMRequestBase._create_aws_request = without_form(IAMRequestBase._create_aws_request)
    IAMPolicyStatement.is_action_permitted = with_conditions(IAMPolicyStatement.is_action_permitted)


def is_zone_id(given):
    return re.fullmatch("Z[A-Z0-9]+", given)


# A batch is refused as a whole if a record that it creates exists, or one that it deletes does not exist with the same
# values (docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html). Moto compares with its journal
# of earlier calls instead, so here the journal has what the batch deletes.
def with_checks(change):
    def inner(self, zoneid, change_list):
        zone = self.get_hosted_zone(zoneid)
        held = {key_of(record): content_of(record) for record in map(fields_of, zone.rrsets)}
        problems = []
        for wanted in change_list:
            record, action = wanted["ResourceRecordSet"], wanted["Action"]
            key, name = key_of(record), f"[name='{full_name(record)}', type='{record['Type']}']"
            if action == "CREATE" and key in held:
                problems.append(f"Tried to create resource record set {name} but it already exists")
            elif action == "DELETE" and key not in held:
                problems.append(f"Tried to delete resource record set {name} but it was not found")
            elif action == "DELETE" and held[key] != content_of(record):
                problems.append(
                    f"Tried to delete resource record set {name} but the values provided do not match the current values"
                )
            if action == "DELETE":
                held.pop(key, None)
            else:
                held[key] = content_of(record)
        if problems:
            raise Route53ClientError("InvalidChangeBatch", f"[{', '.join(problems)}]")
        zone.rr_changes = models.ChangeList()
        for wanted in change_list:
            if wanted["Action"] == "DELETE":
                zone.rr_changes.append({"Action": "UPSERT", "ResourceRecordSet": dict(wanted["ResourceRecordSet"])})
        return change(self, zoneid, change_list)

    return inner


def fields_of(record):
    return {
        "Name": record.name, "Type": record.type, "SetIdentifier": record.set_identifier, "TTL": record.ttl,
        "AliasTarget": record.alias_target, "ResourceRecords": record.resource_records,
    }


def key_of(record):
    return full_name(record), record["Type"], record.get("SetIdentifier") or ""


def full_name(record):
    return record["Name"].lower().rstrip(".") + "."


def content_of(record):
    alias = record.get("AliasTarget")
    if alias:
        return alias["HostedZoneId"], alias["DNSName"].lower().rstrip("."), str(alias["EvaluateTargetHealth"]).lower()
    return str(record.get("TTL")), sorted(value["Value"] for value in record.get("ResourceRecords") or [])


# These requests have no form. Moto signs the query of their URL as one too, and finds another signature than the client.
def without_form(create):
    def inner(self):
        if self._method in ("GET", "DELETE"):
            self._data = ""
        return create(self)

    return inner


# The resource of an action on a hosted zone is its ARN
# (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html). Moto authorizes each action for *.
def with_resources(authorize):
    def inner(self, resource="*"):
        found = re.search("/(?:hostedzone|tags/hostedzone)/([^/]+)", self.raw_path)
        zones = [found.group(1)] if found else re.findall("<ResourceId>([^<]+)</ResourceId>", self.body_text())
        flask.g.batch = self.body_text() if self._get_action() == "ChangeResourceRecordSets" else ""
        for zone in [f"arn:{self.partition}:route53:::hostedzone/{zone}" for zone in zones] or ["*"]:
            authorize(self, zone)

    return inner


def body_text(self):
    return self.body.decode() if isinstance(self.body, bytes) else str(self.body or "")


responses.Route53.body_text = body_text


# Conditions on the changes of a batch
# (docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html). Without a matching condition a
# statement does not apply. Names are in lower case and without the last dot, and have other characters than letters,
# digits, - . _ as octal codes.
def batch_values(batch):
    names = (name.lower().rstrip(".") for name in re.findall("<Name>([^<]+)</Name>", batch))
    return {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
            re.sub(r"[^a-z0-9_.\\-]", lambda found: f"\\{ord(found.group()):03o}", name) for name in names
        ],
        "route53:ChangeResourceRecordSetsRecordTypes": re.findall("<Type>([^<]+)</Type>", batch),
        "route53:ChangeResourceRecordSetsActions": re.findall("<Action>([^<]+)</Action>", batch),
    }


def with_conditions(permits):
    def inner(self, action, resource="*", *args, **kwargs):
        conditions = self._statement.get("Condition")
        if not action.startswith("route53:") or not conditions:
            return permits(self, action, resource, *args, **kwargs)
        values = batch_values(flask.g.get("batch", ""))
        met = all(
            meets(operator, values.get(key, []), wanted if isinstance(wanted, list) else [wanted])
            for operator, keys in conditions.items() for key, wanted in keys.items()
        )
        if not met:
            return PermissionResult.NEUTRAL
        unconditional = {name: value for name, value in self._statement.items() if name != "Condition"}
        return permits(IAMPolicyStatement(unconditional), action, resource, *args, **kwargs)

    return inner


def meets(operator, values, wanted):
    quantifier, _, comparison = operator.rpartition(":")
    matches = fnmatch.fnmatchcase if comparison in ("StringLike", "StringNotLike") else str.__eq__
    negative = {"StringEquals": False, "StringLike": False, "StringNotEquals": True, "StringNotLike": True}[comparison]
    each = [any(matches(value, pattern) for pattern in wanted) != negative for value in values]
    return any(each) if quantifier == "ForAnyValue" else all(each)

"""What a check of an account reads and moto lacks (acceptance/check)."""

import json
import os

import moto.ec2.responses as ec2
import moto.eks.responses as eks
import moto.eks.urls as eks_urls
import moto.servicequotas.models as quotas
from moto.core.responses import ActionResult

# The environment variable with the versions of EKS add-ons that are offered for each Kubernetes version, by name.
ADDON_VERSIONS = "EKS_ADDON_VERSIONS"

# The environment variable with the quotas that the account has requested, by code. A new account has fewer vCPUs than
# most stacks need (docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html).
RAISED_QUOTAS = "RAISED_QUOTAS"


def install():
    """Changes moto. It must be called before the first request."""
    ec2.EC2Response.describe_vpc_block_public_access_options = describe_public_access
    eks.EKSResponse.describe_addon_versions = describe_addon_versions
    eks_urls.url_paths["{0}/addons/supported-versions$"] = eks_urls.response.dispatch
    quotas.ServiceQuotasBackend.get_service_quota = with_raised_quotas(quotas.ServiceQuotasBackend.get_service_quota)


def describe_public_access(self):
    return ActionResult({"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off", "State": "default-state"}})


def describe_addon_versions(self):
    offered = json.loads(os.environ.get(ADDON_VERSIONS, "{}"))
    name = self._get_param("addonName")
    versions = [{"addonVersion": version} for version in offered.get(name, [])]
    addons = [{"addonName": name, "addonVersions": versions}] if versions else []
    return ActionResult({"addons": addons})


def with_raised_quotas(get):
    def inner(self, service_code, quota_code):
        value = json.loads(os.environ.get(RAISED_QUOTAS, "{}")).get(quota_code)
        if value is None:
            return get(self, service_code, quota_code)
        return {"ServiceCode": service_code, "QuotaCode": quota_code, "Value": value}

    return inner

"""Trunk and branch network interfaces, which the VPC resource controller creates and moto lacks."""

import ipaddress
import threading
import uuid

import moto.ec2.models as ec2
import moto.ec2.responses.elastic_network_interfaces as responses
from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, InvalidAssociationIdError

Response = responses.ElasticNetworkInterfaces

# The associations of branch interfaces with trunk interfaces, by ID
# (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TrunkInterfaceAssociation.html).
associations = {}

# The calls that EKS makes with an account of its own, and not with the role of the cluster
# (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/aws/ec2/api/wrapper.go, instanceServiceClient).
CALLS_OF_EKS = ("AssociateTrunkInterface", "DisassociateTrunkInterface")


def install():
    """Changes moto. It must be called before the first request."""
    ec2.EC2Backend.create_network_interface = with_free_address(ec2.EC2Backend.create_network_interface)
    ec2.EC2Backend.delete_network_interface = with_association(ec2.EC2Backend.delete_network_interface)
    ec2.EC2Backend.delete_security_group = unless_used(ec2.EC2Backend.delete_security_group)
    Response.create_network_interface = with_type(Response.create_network_interface)
    Response.modify_network_interface_attribute = with_attachment(Response.modify_network_interface_attribute)
    Response.create_network_interface_permission = create_permission
    Response.associate_trunk_interface = associate
    Response.disassociate_trunk_interface = disassociate
    Response.describe_trunk_interface_associations = describe_associations
    Response._authenticate_and_authorize_normal_action = unless_of_eks(
        Response._authenticate_and_authorize_normal_action
    )


# EC2 chooses an address that no other interface of the subnet has; moto chooses one at random. Those of the rehearsal
# are at the beginning of a subnet, and those that the lab adds for pods at its end, so the search begins in the middle.
def with_free_address(create):
    def inner(self, subnet, private_ip_address, private_ip_addresses=None, *args, **kwargs):
        if private_ip_address or private_ip_addresses:
            return create(self, subnet, private_ip_address, private_ip_addresses, *args, **kwargs)
        with choosing:  # requests are served at the same time
            address = free_address(self, self.get_subnet(subnet) if isinstance(subnet, str) else subnet)
            return create(self, subnet, address, private_ip_addresses, *args, **kwargs)

    return inner


choosing = threading.Lock()


def free_address(backend, subnet):
    taken = {
        address["PrivateIpAddress"]
        for interface in list(backend.enis.values()) for address in interface.private_ip_addresses
    }
    network = ipaddress.ip_network(subnet.cidr_block)
    for offset in range(network.num_addresses // 2, network.num_addresses):
        if str(network[offset]) not in taken:
            return str(network[offset])
    raise EC2ClientError(
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the request.",
    )


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
def with_type(create):
    def inner(self):
        made = create(self)
        made.result["NetworkInterface"].interface_type = self._get_param("InterfaceType") or "interface"
        return made

    return inner


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachmentChanges.html
def with_attachment(modify):
    def inner(self):
        made = modify(self)
        delete = self._get_param("Attachment.DeleteOnTermination")
        if delete is not None:
            interface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
            interface.delete_on_termination = str(delete).lower() == "true"
        return made

    return inner


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterfacePermission.html
def create_permission(self):
    interface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
    permission = {
        "NetworkInterfacePermissionId": "eni-perm-" + uuid.uuid4().hex[:17],
        "NetworkInterfaceId": interface.id,
        "AwsAccountId": self._get_param("AwsAccountId"),
        "Permission": self._get_param("Permission"),
        "PermissionState": {"State": "granted"},
    }
    return ActionResult({"InterfacePermission": permission})


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateTrunkInterface.html
def associate(self):
    branch = self.ec2_backend.get_network_interface(self._get_param("BranchInterfaceId"))
    trunk = self.ec2_backend.get_network_interface(self._get_param("TrunkInterfaceId"))
    association = {
        "AssociationId": "trunk-assoc-" + uuid.uuid4().hex[:17],
        "BranchInterfaceId": branch.id,
        "TrunkInterfaceId": trunk.id,
        "InterfaceProtocol": "VLAN",
        "VlanId": self._get_param("VlanId"),
    }
    associations[association["AssociationId"]] = association
    branch.interface_type, branch.status = "branch", "in-use"
    return ActionResult({"InterfaceAssociation": association})


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateTrunkInterface.html
def disassociate(self):
    identifier = self._get_param("AssociationId")
    association = associations.pop(identifier, None)
    if association is None:
        raise InvalidAssociationIdError(identifier)
    release(self.ec2_backend, association)
    return ActionResult({"Return": True})


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTrunkInterfaceAssociations.html
def describe_associations(self):
    wanted = self._get_param("AssociationIds", [])
    found = [found for identifier, found in associations.items() if not wanted or identifier in wanted]
    return ActionResult({"InterfaceAssociations": found})


def release(backend, association):
    branch = backend.enis.get(association["BranchInterfaceId"])
    if branch:
        branch.status = "available"


# The associations of an interface end with it. A trunk interface is deleted with its instance.
def with_association(delete):
    def inner(self, eni_id):
        delete(self, eni_id)
        for identifier, association in list(associations.items()):
            if eni_id in (association["BranchInterfaceId"], association["TrunkInterfaceId"]):
                release(self, associations.pop(identifier))

    return inner


# A security group cannot be deleted while an interface has it
# (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html). Other interfaces are those of the
# rehearsed stack, which the lab deletes in the right order.
def unless_used(delete):
    def inner(self, name=None, group_id=None):
        for interface in list(self.enis.values()):
            if interface.interface_type == "branch" and group_id in [group.id for group in interface._group_set]:
                raise DependencyViolationError(f"resource {group_id} has a dependent object")
        return delete(self, name, group_id)

    return inner


def unless_of_eks(authorize):
    def inner(self, *args, **kwargs):
        if self._get_action() not in CALLS_OF_EKS:
            authorize(self, *args, **kwargs)

    return inner

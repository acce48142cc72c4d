package account

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/labtest"
)

// branchAccount is an account with a branch interface on the trunk interface of an instance, as the VPC resource
// controller creates them.
type branchAccount struct {
	*Account
	instance, group string
	trunk, branch   types.NetworkInterface
	association     *string
}

func newBranchAccount(t *testing.T) *branchAccount {
	t.Helper()
	s := fullStack()
	a, err := Create(t.Context(), labtest.StartMoto(t, testAccount), s)
	if err != nil {
		t.Fatal(err)
	}
	b := &branchAccount{Account: a, instance: s.Nodes[0].InstanceID, group: s.SecurityGroups[0].ID}
	ctx, tags := t.Context(), tagSpecification(types.ResourceTypeNetworkInterface, map[string]string{instanceTag: b.instance})
	for made, kind := range map[*types.NetworkInterface]types.NetworkInterfaceCreationType{&b.trunk: types.NetworkInterfaceCreationTypeTrunk, &b.branch: ""} {
		out, err := a.ec2.CreateNetworkInterface(ctx, &ec2.CreateNetworkInterfaceInput{SubnetId: &s.Network.Subnets[1].ID, InterfaceType: kind,
			Groups: []string{b.group}, TagSpecifications: tags})
		if err != nil {
			t.Fatal(err)
		}
		*made = *out.NetworkInterface
	}
	attached, err := a.ec2.AttachNetworkInterface(ctx, &ec2.AttachNetworkInterfaceInput{NetworkInterfaceId: b.trunk.NetworkInterfaceId, InstanceId: &b.instance, DeviceIndex: aws.Int32(3)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.ec2.ModifyNetworkInterfaceAttribute(ctx, &ec2.ModifyNetworkInterfaceAttributeInput{NetworkInterfaceId: b.trunk.NetworkInterfaceId,
		Attachment: &types.NetworkInterfaceAttachmentChanges{AttachmentId: attached.AttachmentId, DeleteOnTermination: aws.Bool(true)}}); err != nil {
		t.Fatal(err)
	}
	associated, err := a.ec2.AssociateTrunkInterface(ctx, &ec2.AssociateTrunkInterfaceInput{BranchInterfaceId: b.branch.NetworkInterfaceId,
		TrunkInterfaceId: b.trunk.NetworkInterfaceId, VlanId: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	b.association = associated.InterfaceAssociation.AssociationId
	return b
}

// interfaces returns the types and states of interfaces, "" for those that do not exist.
func (b *branchAccount) interfaces(t *testing.T) (found []string) {
	t.Helper()
	for _, i := range []types.NetworkInterface{b.trunk, b.branch} {
		out, err := b.ec2.DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{*i.NetworkInterfaceId}})
		if err != nil && !strings.Contains(err.Error(), "InvalidNetworkInterfaceID.NotFound") {
			t.Fatal(err)
		}
		state := ""
		if err == nil {
			state = string(out.NetworkInterfaces[0].InterfaceType) + " " + string(out.NetworkInterfaces[0].Status)
		}
		found = append(found, state)
	}
	return found
}

func TestATrunkInterfaceEndsWithItsInstanceAndItsBranchInterfacesStay(t *testing.T) {
	b := newBranchAccount(t)
	if got := b.interfaces(t); !slices.Equal(got, []string{"trunk in-use", "branch in-use"}) {
		t.Errorf("%q", got)
	}
	if address := *b.branch.PrivateIpAddress; address == *b.trunk.PrivateIpAddress || !strings.HasPrefix(address, "10.0.1.") {
		t.Errorf("the branch interface has %s, the trunk interface %s", address, *b.trunk.PrivateIpAddress)
	}
	if ids, err := b.BranchInterfaces(t.Context(), []string{b.instance}); err != nil || !slices.Equal(ids, []string{*b.branch.NetworkInterfaceId}) {
		t.Errorf("%v (%v)", ids, err)
	}
	if _, err := b.ec2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{b.instance}}); err != nil {
		t.Fatal(err)
	}
	if got := b.interfaces(t); !slices.Equal(got, []string{"", "branch available"}) {
		t.Errorf("after the end of the instance: %q", got)
	}
	if _, err := b.ec2.DisassociateTrunkInterface(t.Context(), &ec2.DisassociateTrunkInterfaceInput{AssociationId: b.association}); err == nil || !strings.Contains(err.Error(), "InvalidAssociationID.NotFound") {
		t.Errorf("the association has not ended with the trunk interface: %v", err)
	}
}

func TestASecurityGroupIsDeletedOnceItsBranchInterfacesAre(t *testing.T) {
	b := newBranchAccount(t)
	delay, began := 1500*time.Millisecond, time.Now()
	time.AfterFunc(delay, func() {
		_, _ = b.ec2.DeleteNetworkInterface(context.Background(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: b.branch.NetworkInterfaceId})
	})
	if err := b.Update(t.Context(), emptyStack()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < delay {
		t.Errorf("deleted after %s, while a branch interface had the group", took)
	}
}

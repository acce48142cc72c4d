package account

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/labtest"
	"eksnet/lab/rehearsed"
)

func TestTheAccountFollowsItsStack(t *testing.T) {
	endpoint, requests := countRequests(t, labtest.StartMoto(t, testAccount))
	a, err := New(t.Context(), endpoint, testRegion)
	if err != nil {
		t.Fatal(err)
	}
	update := func(s *rehearsed.Stack) int64 {
		t.Helper()
		before := requests.Load()
		if err := a.Update(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		return requests.Load() - before
	}
	if made := update(emptyStack()); made != 0 || a.VPC() != "" || len(a.Nodes()) > 0 ||
		a.ControlPlane() != (Credentials{}) {
		t.Errorf("an empty stack: %d requests, VPC %q, %d nodes", made, a.VPC(), len(a.Nodes()))
	}
	begun := emptyStack()
	begun.Network.VPC = fullStack().Network.VPC
	update(begun)
	checkLines(t, describe(t, a), fullLines[:1])
	update(fullStack())
	checkLines(t, describe(t, a), fullLines)
	if nodes := a.Nodes(); a.VPC() != "vpc-0aaaaaaaaaaaaaaa1" || len(nodes) != 2 ||
		nodes[0].ProviderID != "aws:///ap-northeast-2b/i-0aaaaaaaaaaaaaaa1" || len(nodes[0].PodIPs) != 3 ||
		a.ControlPlane().SessionToken == "" {
		t.Errorf("VPC %s, nodes %+v", a.VPC(), nodes)
	}
	if made := update(fullStack()); made != 0 {
		t.Errorf("%d requests for an unchanged stack", made)
	}
	update(changedStack())
	checkLines(t, describe(t, a), changedLines)
	if made := update(changedStack()); made != 0 {
		t.Errorf("%d requests for an unchanged stack", made)
	}
	update(fullStack())
	checkLines(t, describe(t, a), fullLines)
	update(emptyStack())
	checkLines(t, describe(t, a), []string{"certificate " + fullStack().Certificates[0]})
	left, err := a.Left(t.Context())
	if err != nil || len(left) > 0 || a.VPC() != "" || len(a.Nodes()) > 0 || a.ControlPlane() != (Credentials{}) {
		t.Errorf("left %q, %v, VPC %q, %d nodes", left, err, a.VPC(), len(a.Nodes()))
	}
}

// A controller creates a security group, and a rule in one of the stack's.
func TestResourcesOfControllersRemain(t *testing.T) {
	a, err := Create(t.Context(), labtest.StartMoto(t, testAccount), fullStack())
	if err != nil {
		t.Fatal(err)
	}
	controller := ec2.NewFromConfig(a.Config())
	made, err := controller.CreateSecurityGroup(t.Context(),
		&ec2.CreateSecurityGroupInput{GroupName: aws.String("k8s-shop"), Description: aws.String("shop"),
			VpcId: aws.String(a.VPC())})
	if err != nil {
		t.Fatal(err)
	}
	permission := []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(8080),
		ToPort: aws.Int32(8080), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: made.GroupId}}}}
	if _, err := controller.AuthorizeSecurityGroupIngress(t.Context(),
		&ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String("sg-0aaaaaaaaaaaaaaa2"),
			IpPermissions: permission}); err != nil {
		t.Fatal(err)
	}
	if err := a.Update(t.Context(), changedStack()); err != nil {
		t.Fatal(err)
	}
	rule := "security group control-plane: tcp 8080 from " + *made.GroupId
	if lines := describe(t, a); !slices.Contains(lines, rule) {
		t.Errorf("the controller's rule is deleted: %q", lines)
	}
	if left, err := a.Left(t.Context()); err != nil || !slices.Equal(left,
		[]string{"security group k8s-shop (" + *made.GroupId + ")"}) {
		t.Errorf("left %q, %v", left, err)
	}
}

func TestAFailedUpdateNamesTheResourceAndContinuesLater(t *testing.T) {
	a, err := Create(t.Context(), labtest.StartMoto(t, testAccount), fullStack())
	if err != nil {
		t.Fatal(err)
	}
	other := ec2.NewFromConfig(a.Config())
	made, err := other.CreateSubnet(t.Context(), &ec2.CreateSubnetInput{VpcId: aws.String(a.VPC()),
		CidrBlock: aws.String("10.0.9.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.Update(t.Context(), emptyStack()); err == nil || !strings.Contains(err.Error(),
			"VPC vpc-0aaaaaaaaaaaaaaa1 with 10.0.0.0/16") || !strings.Contains(err.Error(), "DependencyViolation") {
			t.Errorf("with a subnet of others: %v", err)
		}
	}
	if _, err := other.DeleteSubnet(t.Context(), &ec2.DeleteSubnetInput{SubnetId: made.Subnet.SubnetId}); err != nil {
		t.Fatal(err)
	}
	if err := a.Update(t.Context(), emptyStack()); err != nil {
		t.Error(err)
	}
	taken := fullStack()
	taken.SecurityGroups[1].Name = "nodes"
	if err := a.Update(t.Context(), taken); err == nil || !strings.Contains(err.Error(),
		"security group nodes (sg-0aaaaaaaaaaaaaaa2)") {
		t.Errorf("with two security groups of the same name: %v", err)
	}
	if err := a.Update(t.Context(), fullStack()); err != nil {
		t.Error(err)
	}
	checkLines(t, describe(t, a), fullLines)
}

func checkLines(t *testing.T, got, want []string) {
	t.Helper()
	for _, line := range without(want, got) {
		t.Errorf("missing: %s", line)
	}
	for _, line := range without(got, want) {
		t.Errorf("unexpected: %s", line)
	}
}

package awsapi_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/acceptance/account"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/look"
	"eksnet/acceptance/mototest"
)

func TestTargetsAreReadWithTheActionsOfTheLookPolicy(t *testing.T) {
	c := mototest.Config(mototest.Start(t, mototest.Account), mototest.Region)
	group, host, instance := createBalancers(t, c)
	r := &recorder{}
	a := awsapi.New(r.record(c))
	if _, err := a.Identity(t.Context()); err != nil {
		t.Fatal(err)
	}
	targets, err := a.TargetHealth(t.Context(), group)
	if want := (look.Target{ID: "10.0.0.20", Port: 8080, State: look.Healthy}); err != nil || len(targets) != 1 || targets[0] != want {
		t.Errorf("%+v, %v", targets, err)
	}
	instances, err := a.InstanceHealth(t.Context(), host)
	if want := (look.Target{ID: instance, State: look.Healthy}); err != nil || len(instances) != 1 || instances[0] != want {
		t.Errorf("%+v, %v", instances, err)
	}
	compareActions(t, "look", r.calls(), actionsOf(awsapi.LookPolicy()))
	if _, err := a.InstanceHealth(t.Context(), "other.elb.test"); err == nil || err.Error() != "no classic load balancer has the name other.elb.test: the cluster and the account are not those of one stack" {
		t.Error(err)
	}
	if _, err := a.TargetHealth(t.Context(), group+"x"); account.CauseOf(err) != account.Gone {
		t.Errorf("a target group that does not exist: %v", err)
	}
}

// createBalancers creates a target group with a target, and a classic load balancer with an instance. It returns the
// ARN of the former, the DNS name of the latter, and the ID of the instance.
func createBalancers(t *testing.T, c aws.Config) (group, host, instance string) {
	t.Helper()
	vpc, err := ec2.NewFromConfig(c).CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	client := elb.NewFromConfig(c)
	created, err := client.CreateTargetGroup(t.Context(),
		&elb.CreateTargetGroupInput{Name: aws.String("echo"), Port: aws.Int32(8080), Protocol: types.ProtocolEnumTcp,
			TargetType: types.TargetTypeEnumIp, VpcId: vpc.Vpc.VpcId})
	if err != nil {
		t.Fatal(err)
	}
	group = aws.ToString(created.TargetGroups[0].TargetGroupArn)
	_, err = client.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: &group,
		Targets: []types.TargetDescription{{Id: aws.String("10.0.0.20"), Port: aws.Int32(8080)}}})
	if err != nil {
		t.Fatal(err)
	}
	started, err := ec2.NewFromConfig(c).RunInstances(t.Context(),
		&ec2.RunInstancesInput{ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	instance = aws.ToString(started.Instances[0].InstanceId)
	old := elasticloadbalancing.NewFromConfig(c)
	listener := classic.Listener{InstancePort: aws.Int32(30080), LoadBalancerPort: 80, Protocol: aws.String("TCP")}
	balancer, err := old.CreateLoadBalancer(t.Context(), &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: aws.String("a0123"), Listeners: []classic.Listener{listener}, AvailabilityZones: []string{mototest.Region + "a"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.RegisterInstancesWithLoadBalancer(t.Context(),
		&elasticloadbalancing.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: aws.String("a0123"),
			Instances: []classic.Instance{{InstanceId: &instance}}})
	if err != nil {
		t.Fatal(err)
	}
	return group, aws.ToString(balancer.DNSName), instance
}

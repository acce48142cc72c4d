package addons

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/plan"
)

func TestTheControllerUsesTheImageAndServicesOfThePlan(t *testing.T) {
	for _, planned := range []plan.Controller{
		{Image: "public.ecr.aws/eks/aws-load-balancer-controller", Shield: true, WAF: true},
		{Image: "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/amazon/aws-load-balancer-controller"},
	} {
		values := chartValues(&LoadBalancerControllerArgs{Plan: planned}, pulumi.String("account"))
		for key, want := range map[string]pulumi.Input{
			"image":        pulumi.Map{"repository": pulumi.String(planned.Image)},
			"enableShield": pulumi.Bool(planned.Shield), "enableWaf": pulumi.Bool(planned.WAF), "enableWafv2": pulumi.Bool(planned.WAF),
		} {
			if !reflect.DeepEqual(values[key], want) {
				t.Errorf("%s: %s is %v, want %v", planned.Image, key, values[key], want)
			}
		}
	}
}

// With the chart's own IngressClass the creation of the stack's would fail; with its Service webhook, CLBs would become
// internal NLBs.
func TestTheChartCreatesNeitherAnIngressClassNorAServiceWebhook(t *testing.T) {
	values := chartValues(&LoadBalancerControllerArgs{}, pulumi.String("account"))
	for _, key := range []string{"createIngressClassResource", "enableServiceMutatorWebhook"} {
		if values[key] != pulumi.Bool(false) {
			t.Errorf("%s is %v", key, values[key])
		}
	}
}

func TestADrainEvictsOneControllerPodAtATime(t *testing.T) {
	got := chartValues(&LoadBalancerControllerArgs{}, pulumi.String("account"))["podDisruptionBudget"]
	if want := (pulumi.Map{"maxUnavailable": pulumi.Int(1)}); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// With another certificate the webhook would refuse Ingresses that the same up creates after it upgraded the release.
func TestAnUpgradeOfTheReleaseKeepsTheWebhooksCertificate(t *testing.T) {
	values := chartValues(&LoadBalancerControllerArgs{}, pulumi.String("account"))
	if values["keepTLSSecret"] != pulumi.Bool(true) {
		t.Errorf("keepTLSSecret is %v", values["keepTLSSecret"])
	}
}

func TestTheControllerIsReadyAFewSecondsAfterItHasStarted(t *testing.T) {
	got := chartValues(&LoadBalancerControllerArgs{}, pulumi.String("account"))["readinessProbe"]
	want := pulumi.Map{"initialDelaySeconds": pulumi.Int(2), "periodSeconds": pulumi.Int(2)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

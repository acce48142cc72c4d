package addons

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/registered"
)

func TestTheCNIHasItsRoleByTheAssociationOfItsAddOn(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewCNI(ctx, "cni", &CNIArgs{Region: "eu-west-1", ClusterName: pulumi.String("dev"), Role: pulumi.String("role"), PodIdentity: true})
		return err
	})["Addon cni"]
	want := []any{map[string]any{"serviceAccount": "aws-node", "roleArn": "role"}}
	if got := made["podIdentityAssociations"]; !reflect.DeepEqual(got, want) || made["serviceAccountRoleArn"] != nil {
		t.Errorf("associations %v, role %v", got, made["serviceAccountRoleArn"])
	}
}

func TestARoleForPodIdentityTrustsTheClusterAndHasNoAnnotation(t *testing.T) {
	var annotation pulumi.StringInput
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		role, err := NewServiceAccountRole(ctx, "role", &ServiceAccountRoleArgs{Namespace: "a", ServiceAccount: "b",
			ClusterARN: pulumi.String("arn:cluster"), Policy: pulumi.String("{}")})
		if err == nil {
			annotation = role.Annotation
		}
		return err
	})
	trust, _ := made["Role role"]["assumeRolePolicy"].(string)
	if !strings.Contains(trust, `"aws:RequestTag/eks-cluster-arn":["arn:cluster"]`) || annotation != nil {
		t.Errorf("trust %s, annotation %v", trust, annotation)
	}
}

func TestEachControllerOfTheStackHasOneAssociation(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewPodIdentityAssociations(ctx, "dev", &PodIdentityAssociationsArgs{ClusterName: pulumi.String("dev"), Associations: map[string]Association{
			"lbc": {Namespace: "kube-system", ServiceAccount: "lbc", Role: pulumi.String("role")}}})
		return err
	})
	got := made["PodIdentityAssociation dev-lbc"]
	for property, want := range map[string]string{"clusterName": "dev", "namespace": "kube-system", "serviceAccount": "lbc", "roleArn": "role"} {
		if got[property] != want {
			t.Errorf("%s is %v, want %s", property, got[property], want)
		}
	}
}

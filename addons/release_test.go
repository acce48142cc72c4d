package addons

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestAChartIsNamedByRepositoryByOCIURLOrByFolder(t *testing.T) {
	for place, want := range map[string]pulumi.Map{
		"https://aws.github.io/eks-charts": {
			"chart":          pulumi.String("some-chart"),
			"repositoryOpts": pulumi.StringMap{"repo": pulumi.String("https://aws.github.io/eks-charts")},
		},
		"oci://111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/charts/some-chart": {
			"chart": pulumi.String("oci://111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/charts/some-chart"),
		},
		"./addons/charts": {"chart": pulumi.String("./addons/charts/some-chart")},
	} {
		r := release{chart: "some-chart", place: place}
		inputs := r.inputs()
		for _, key := range []string{"chart", "repositoryOpts"} {
			if !reflect.DeepEqual(inputs[key], want[key]) {
				t.Errorf("%s: %s is %v, want %v", place, key, inputs[key], want[key])
			}
		}
	}
}

func TestAReleaseKeepsTenRevisions(t *testing.T) {
	if got := (&release{}).inputs()["maxHistory"]; got != pulumi.Int(10) {
		t.Errorf("maxHistory is %v", got)
	}
}

func TestTheVersionOfAChartInAFolderIsThatOfTheFolder(t *testing.T) {
	if _, given := (&release{place: "./addons/charts"}).inputs()["version"]; given {
		t.Error("a version is given")
	}
	if got := (&release{version: "1.2.3"}).inputs()["version"]; got != pulumi.String("1.2.3") {
		t.Errorf("the version is %v", got)
	}
}

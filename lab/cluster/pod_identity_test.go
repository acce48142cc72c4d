package cluster

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestAPodGetsTheTokenAndTheVariablesOfItsRole(t *testing.T) {
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "one"}, {Name: "two", Env: []corev1.EnvVar{{Name: "OWN", Value: "1"}}}}}
	addRole(&spec, "arn:aws:iam::000000000000:role/one", "eu-west-1")
	if len(spec.Volumes) != 1 || spec.Volumes[0].Projected.Sources[0].ServiceAccountToken.Audience != "sts.amazonaws.com" {
		t.Errorf("volumes %+v", spec.Volumes)
	}
	for _, c := range spec.Containers {
		for name, want := range map[string]string{"AWS_ROLE_ARN": "arn:aws:iam::000000000000:role/one", "AWS_REGION": "eu-west-1",
			"AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"} {
			if !slices.Contains(c.Env, corev1.EnvVar{Name: name, Value: want}) {
				t.Errorf("container %s has no %s=%s: %v", c.Name, name, want, c.Env)
			}
		}
		if len(c.VolumeMounts) != 1 || c.VolumeMounts[0].MountPath != "/var/run/secrets/eks.amazonaws.com/serviceaccount" {
			t.Errorf("container %s has the mounts %v", c.Name, c.VolumeMounts)
		}
	}
}

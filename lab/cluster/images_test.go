package cluster

import (
	"testing"

	"eksnet/config"
	"eksnet/lab/build"
)

func TestImagesAreRecognizedInAnyRegistry(t *testing.T) {
	for image, want := range map[string]string{
		config.EchoImage: "agnhost", config.NginxImage: "nginx", config.NetshootImage: "netshoot", config.Game2048Image: "docker-2048",
		"registry.example.com:5000/mirror/agnhost:2.53@sha256:afc96bdad819bfac184a6e9a90096b68583cf5977e66fa985143bde37e847a50": "agnhost",
		"602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/eks/aws-load-balancer-controller:v3.2.2":                             build.LoadBalancerController,
	} {
		if got := imageName(image); got != want {
			t.Errorf("%s is recognized as %q, want %q", image, got, want)
		}
	}
}

package io.mailcanary.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every manifest holds what Kubernetes knows, and nothing else.
class ManifestsTest {
  private static final Map<String, Class<?>> KINDS =
      Map.ofEntries(
          Map.entry("v1 ConfigMap", ConfigMap.class),
          Map.entry("v1 Secret", Secret.class),
          Map.entry("v1 Service", Service.class),
          Map.entry("v1 ServiceAccount", ServiceAccount.class),
          Map.entry("apps/v1 Deployment", Deployment.class),
          Map.entry("apps/v1 StatefulSet", StatefulSet.class),
          Map.entry("networking.k8s.io/v1 Ingress", Ingress.class),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class),
          Map.entry("monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class));

  /// The model keeps what it does not know beside what it knows: here that is a fault.
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public @Nullable Boolean hasAnySetter(Annotated member) {
                  return Boolean.FALSE;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  @ParameterizedTest
  @MethodSource("io.mailcanary.chart.ValueSets#all")
  void kubernetesKnowsEachField(String values) throws Exception {
    Set<String> names = new HashSet<>();
    for (JsonNode manifest : Chart.render(values).manifests()) {
      String kind = kind(manifest);
      assertThat(KINDS).containsKey(kind);
      STRICT.treeToValue(manifest, KINDS.get(kind));
      assertThat(names.add(kind + manifest.at("/metadata/name"))).as("%s twice", kind).isTrue();
      assertThat(manifest.at("/metadata/labels/app.kubernetes.io~1name").asText())
          .isEqualTo("mailcanary");
    }
  }

  @Test
  void everyKindIsThereWhenEverythingIsOn() {
    Set<String> seen = new HashSet<>();
    Chart.render(ValueSets.DEFAULT).manifests().forEach(one -> seen.add(kind(one)));
    Chart.render(ValueSets.EVERYTHING).manifests().forEach(one -> seen.add(kind(one)));
    assertThat(seen).containsExactlyInAnyOrderElementsOf(KINDS.keySet());
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsFound() {
    JsonNode set = Chart.render(ValueSets.DEFAULT).one("StatefulSet");
    ((ObjectNode) set.at("/spec/template/spec/containers/0")).put("livenessPobe", "x");
    assertThatThrownBy(() -> STRICT.treeToValue(set, StatefulSet.class))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("livenessPobe");
  }

  private static String kind(JsonNode manifest) {
    return manifest.path("apiVersion").asText() + " " + manifest.path("kind").asText();
  }
}

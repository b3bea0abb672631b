package io.mailcanary.lab;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

final class NeedsServerCondition implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<String> obstacles =
        AnnotationSupport.findAnnotation(context.getElement(), NeedsServer.class).stream()
            .flatMap(needs -> Arrays.stream(needs.value()))
            .map(Server::obstacle)
            .flatMap(Optional::stream)
            .toList();
    return decide(obstacles, "true".equals(System.getenv("CI")));
  }

  static ConditionEvaluationResult decide(List<String> obstacles, boolean continuousIntegration) {
    if (obstacles.isEmpty()) {
      return enabled("all servers are installed");
    }
    String reason = String.join("; ", obstacles);
    if (continuousIntegration) {
      throw new AssertionError("no test is left out here, but " + reason);
    }
    return disabled(reason);
  }
}

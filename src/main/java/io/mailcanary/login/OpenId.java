package io.mailcanary.login;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// Whether Micronaut's own settings name an OpenID provider.
public final class OpenId {
  static final String CLIENTS = "micronaut.security.oauth2.clients";

  /// Switches the whole of Micronaut Security on and off.
  public static final String SWITCH = "micronaut.security.enabled";

  private OpenId() {}

  /// Looks at environment and system properties, and at files of settings where any are named:
  /// reading those takes longer than most services should wait.
  public static boolean isConfigured() {
    return isConfigured(System.getenv(), System.getProperties().stringPropertyNames().stream());
  }

  /// What Micronaut has to be told, since it does not see it itself.
  public static Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>(ClientSecrets.of(System.getenv()));
    settings.put(SWITCH, Boolean.toString(isConfigured()));
    return settings;
  }

  private static boolean isConfigured(Map<String, String> variables, Stream<String> properties) {
    if ("false".equals(variables.get(variable(SWITCH)))
        || "false".equals(System.getProperty(SWITCH))) {
      return false;
    }
    return variables.keySet().stream().anyMatch(name -> name.startsWith(variable(CLIENTS) + "_"))
        || properties.anyMatch(name -> name.startsWith(CLIENTS + "."))
        || (namesFiles(variables) && isInFiles());
  }

  private static boolean namesFiles(Map<String, String> variables) {
    return variables.containsKey(variable(Environment.PROPERTY_SOURCES_KEY))
        || System.getProperty(Environment.PROPERTY_SOURCES_KEY) != null;
  }

  private static boolean isInFiles() {
    try (ApplicationContext context = ApplicationContext.builder().banner(false).build();
        Environment environment = context.getEnvironment().start()) {
      return environment.containsProperties(CLIENTS);
    }
  }

  static String variable(String property) {
    return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}

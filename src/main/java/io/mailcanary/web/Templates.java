package io.mailcanary.web;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns models into HTML. Whatever a template prints is escaped.
final class Templates {
  private static final String FOLDER = "io/mailcanary/web/";
  private static final int LARGEST = 8 << 20;

  /// Macros do not see the variables of the page.
  private static final ScopedValue<Instant> NOW = ScopedValue.newInstance();

  private final PebbleEngine engine;

  Templates() {
    ClasspathLoader loader = new ClasspathLoader(Templates.class.getClassLoader());
    loader.setPrefix(FOLDER);
    loader.setSuffix(".html");
    engine =
        new PebbleEngine.Builder()
            .loader(loader)
            .addEscapingStrategy("visible", new Visible())
            .defaultEscapingStrategy("visible")
            .autoEscaping(true)
            .strictVariables(true)
            .defaultLocale(Locale.ROOT)
            .maxRenderedSize(LARGEST)
            .extension(new Ours())
            .build();
  }

  /// @param now what times are told by
  String render(String name, Map<String, Object> model, Instant now) {
    return ScopedValue.where(NOW, now).call(() -> render(name, model));
  }

  private String render(String name, Map<String, Object> model) {
    PebbleTemplate template = engine.getTemplate(name);
    StringWriter page = new StringWriter(64 << 10);
    try {
      template.evaluate(page, new HashMap<>(model), Locale.ROOT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return page.toString();
  }

  /// What our templates have beside the usual.
  private static final class Ours extends AbstractExtension {
    @Override
    public Map<String, Filter> getFilters() {
      return Map.of(
          "when", new When(),
          "rough", duration(Times::rough),
          "latency", duration(Times::latency));
    }

    @Override
    public Map<String, Function> getFunctions() {
      return Map.of("mark", new Mark());
    }
  }

  private static Filter duration(java.util.function.Function<Duration, String> words) {
    return new Filter() {
      @Override
      public Object apply(
          @Nullable Object input,
          Map<String, Object> arguments,
          PebbleTemplate self,
          EvaluationContext context,
          int line) {
        return input instanceof Duration took ? words.apply(took) : "";
      }

      @Override
      public @Nullable List<String> getArgumentNames() {
        return null;
      }
    };
  }

  /// An instant as a `time` element.
  private static final class When implements Filter {
    @Override
    public Object apply(
        @Nullable Object input,
        Map<String, Object> arguments,
        PebbleTemplate self,
        EvaluationContext context,
        int line) {
      Instant at = instant(input);
      if (at == null) {
        return input == null ? "" : input;
      }
      return new SafeString(
          "<time datetime=\"%s\" title=\"%s\">%s</time>"
              .formatted(Times.iso(at), Times.full(at), Times.shown(at, NOW.get())));
    }

    @Override
    public @Nullable List<String> getArgumentNames() {
      return null;
    }
  }

  /// The resources of the REST interface have instants as text.
  private static @Nullable Instant instant(@Nullable Object input) {
    try {
      return switch (input) {
        case Instant at -> at;
        case String text -> Instant.parse(text);
        case null, default -> null;
      };
    } catch (DateTimeParseException _) {
      return null;
    }
  }

  /// The shape of a health or a canary's state: never told by colour alone.
  private static final class Mark implements Function {
    @Override
    public Object execute(
        Map<String, Object> arguments, PebbleTemplate self, EvaluationContext context, int line) {
      String shape = Shapes.of(String.valueOf(arguments.get("word")));
      return new SafeString(
          "<svg class=\"mark %1$s\" viewBox=\"0 0 14 14\" aria-hidden=\"true\"><use href=\"#m-%1$s\"/></svg>"
              .formatted(shape));
    }

    @Override
    public List<String> getArgumentNames() {
      return List.of("word");
    }
  }
}

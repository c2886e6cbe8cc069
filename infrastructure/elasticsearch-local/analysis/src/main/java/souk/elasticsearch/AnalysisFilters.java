package souk.elasticsearch;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AbstractTokenizerFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * What Souk's mapping uses of the official distribution's analysis module, under the same names and with the same
 * settings, over the same filters of Lucene; and what indexes that earlier versions have left behind use of it, or the
 * node would not start over them.
 */
public final class AnalysisFilters extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
                "asciifolding", (index, environment, name, settings) -> new Folding(name),
                "snowball", filter(settings -> {
                    String language = settings.get("language", "English");
                    return stream -> new SnowballFilter(stream, language);
                }),
                "length", filter(settings -> {
                    int min = settings.getAsInt("min", 0);
                    int max = settings.getAsInt("max", Integer.MAX_VALUE);
                    return stream -> new LengthFilter(stream, min, max);
                }),
                "edge_ngram", filter(settings -> {
                    int min = settings.getAsInt("min_gram", 1);
                    int max = settings.getAsInt("max_gram", 2);
                    boolean preserve = settings.getAsBoolean("preserve_original", false);
                    return stream -> new EdgeNGramTokenFilter(stream, min, max, preserve);
                }),
                "remove_duplicates", filter(settings -> RemoveDuplicatesTokenFilter::new));
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of(
                "whitespace", (index, environment, name, settings) ->
                        TokenizerFactory.newFactory(name, WhitespaceTokenizer::new),
                "pattern", (index, environment, name, settings) -> new Splitting(name, settings));
    }

    private interface Configured {
        UnaryOperator<TokenStream> with(Settings settings);
    }

    private static AnalysisProvider<TokenFilterFactory> filter(Configured configured) {
        return (index, environment, name, settings) -> {
            UnaryOperator<TokenStream> filter = configured.with(settings);
            return new AbstractTokenFilterFactory(name) {
                @Override
                public TokenStream create(TokenStream stream) {
                    return filter.apply(stream);
                }
            };
        };
    }

    /** May be used by normalizers of keywords too. */
    private static final class Folding extends AbstractTokenFilterFactory implements NormalizingTokenFilterFactory {
        Folding(String name) {
            super(name);
        }

        @Override
        public TokenStream create(TokenStream stream) {
            return new ASCIIFoldingFilter(stream);
        }
    }

    private static final class Splitting extends AbstractTokenizerFactory {
        private final Pattern pattern;
        private final int group;

        Splitting(String name, Settings settings) {
            super(name);
            pattern = Pattern.compile(settings.get("pattern", "\\W+"));
            group = settings.getAsInt("group", -1);
        }

        @Override
        public Tokenizer create() {
            return new PatternTokenizer(pattern, group);
        }
    }
}

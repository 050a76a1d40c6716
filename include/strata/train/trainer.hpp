// SPDX-License-Identifier: BSL-1.0
/// Training by data sets: fit, evaluate, predict, checkpoints.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <strata/data/loader.hpp>
#include <strata/io/model.hpp>
#include <strata/metric/report.hpp>
#include <strata/model/summary.hpp>
#include <strata/train/callbacks.hpp>
#include <strata/train/checkpoint.hpp>
#include <strata/train/early_stopping.hpp>
#include <strata/train/evaluation.hpp>
#include <strata/train/fingerprint.hpp>
#include <strata/train/history.hpp>
#include <strata/train/progress.hpp>
#include <strata/train/step.hpp>
#include <strata/train/trainer_fault.hpp>

namespace strata {

struct TrainerOptions {
    Seed seed{42};    ///< of the order of samples and of dropout
    int threads = 0;  ///< 0: as many as the machine has; results do not depend on it
    LossScale scale{};  ///< of a model in f16
};

/// What fit does beside going through the samples.
template <class Set>
struct FitOptions {
    int epochs = 5;
    int batch = 0;                    ///< samples in a step, up to the trainer's capacity; 0: all of it
    ValidationSet<Set> validation = nullptr;  ///< a const Set*: measured after each epoch; decides what `keep_best` keeps; figures of earlier fits count, so give the same set;
                                      ///< where somebody else wrote to the model since (step, load, an assignment), they and the weights kept by them are forgotten
    int patience = 0;                 ///< epochs without a better validation accuracy (of values: loss) before it stops; 0: never; needs a validation set
    bool keep_best = true;            ///< with a validation set: end with the weights of the best validated epoch; a later fit goes on from those of the last
    std::string checkpoint{};         ///< written after every epoch, so that training can be resumed; empty: none
    ProgressOptions progress{};
};

/// A model under training.   B: the capacity of a batch; last batches may hold fewer samples.
template <class M, class Loss, class Optimiser, int B, class Schedule = ConstantRate>
class Trainer {
    using Step = TrainingStep<M, Loss, Optimiser, B>;
    using Real = typename M::Real;
    static constexpr bool labelled = detail::takes_labels<M, Loss>;

  public:
    static constexpr int classes = last<typename M::Output>;
    static constexpr int kernels = Step::kernels;
    /// What an evaluation finds: loss and confusion matrix by labels, the loss by values.
    using Found = std::conditional_t<labelled, Evaluation<classes>, ValueEvaluation>;

    Trainer(M& model, Loss, const Optimiser& optimiser, Batch<B>, Schedule schedule, TrainerOptions options = {})
        : model_(&model), options_(options), schedule_(schedule), pool_(options.threads), step_(model, optimiser, options.seed, &pool_, options.scale),
          evaluation_(model, &pool_), best_(model) {
        check_settings(schedule_, "schedule");
    }
    Trainer(M& model, Loss loss, const Optimiser& optimiser, Batch<B> batch, TrainerOptions options = {})
        : Trainer(model, loss, optimiser, batch, Schedule{}, options) {}
    /// Refused: a model of another place or type, a constant or temporary one.
    template <class Given, class... Rest>
        requires(!std::is_convertible_v<Given, M&>)
    Trainer(Given&&, Loss loss, const Optimiser& optimiser, Batch<B> batch, Rest&&...) : Trainer(none(), loss, optimiser, batch) {
        [[maybe_unused]] constexpr detail::VariableFault<M, Given> fault{};
    }

    /// One step on one batch.   Returns the mean loss before the update: of whoever steps by hand it is to see that it is a number, since nothing is kept
    /// to go back to, as fit does.   Throws DataError, and changes nothing, at a count that the capacity does not hold or a label that is no class.
    Real step(const Real* x, const typename Step::Target* targets, int count) {
        check_count(count);
        if constexpr (labelled)
            if (const int i = no_class(targets, count); i >= 0) refuse_label(targets[i], " of sample " + std::to_string(i), "");
        return step_.run(x, targets, count, factor(step_.steps()));
    }

    /// Trains until so many epochs are done (where they are, progress says so, and no more is done than to take the best weights): those of earlier fits and of a
    /// `resume` count, and are remembered, so that training in pieces gives the bits of training at once.   Callbacks are told of an epoch before its weights are
    /// kept as the best or written: what they do to the model or to optimiser().rate is part of the epoch, also where one stops training or throws.   Returns the
    /// history of its own epochs.   Throws DataError at a loss that is not a number, a label that is no class, a setting that the optimiser cannot work with, an
    /// epoch that leaves a trained number infinite or not one, and what a data set throws: then model, moments and steps are those of the
    /// last epoch that ended well; and at a batch larger than the capacity or a set without samples.   Throws FileError at a checkpoint that cannot be
    /// written, before the first step where its folder takes no file.
    template <class Set, class Augment = data::NoAugmentation, class... C>
        requires(detail::TrainingSet<Set> && detail::Augmentation<Augment> && (Callback<std::remove_reference_t<C>> && ...))
    History fit(const Set& train, const FitOptions<Set>& options = {}, Augment augment = {}, C&&... callbacks) {
        using Fault = detail::DataFault<M, Loss, Set>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (!std::is_same_v<Fault, NoFault>) return {};
        if (options.patience > 0 && options.validation == nullptr)
            throw DataError("strata: patience " + std::to_string(options.patience) + " without a validation set, so nothing tells whether training still helps; give FitOptions::validation, or patience 0");
        if (options.validation != nullptr && options.validation->size() == 0)
            throw DataError("strata: the validation set has no samples; give it some, or leave FitOptions::validation out");
        const bool trains = epoch_ < options.epochs;
        if (trains) check_settings(step_.optimiser(), "optimiser");
        if (const char* path = trains ? not_finite(*model_) : nullptr)
            throw DataError("strata: " + std::string(path) + " has a number that is infinite or not one before training; begin anew, or load other weights");
        if (trains && !options.checkpoint.empty()) io::AtomicFile{options.checkpoint};  // a place that takes no file is told before the work, not after
        data::Loader loader(train, batch<B>, data::LoaderOptions{.seed = options_.seed, .batch = options.batch, .from = {epoch_, 0}}, augment);
        Progress progress(options.progress);
        progress.begin(trains ? options.epochs - static_cast<int>(epoch_) : 0, loader.batches(), static_cast<int>(epoch_) + 1);
        if (!trains)
            progress.say("no epoch is left to train: " + std::to_string(epoch_) + " are done, with those of earlier fits and of a resume, and " + std::to_string(options.epochs) +
                         " were asked for; give more in FitOptions::epochs, or begin anew with another trainer");
        if (changed()) forget();
        watch_.patience = options.patience > 0 ? options.patience : 1 << 30;
        if (watch_.stop()) watch_.state.waited = 0;  // who asks again after patience ran out means it
        if (trains) {
            if (last_) *model_ = *last_;
            last_.reset();
        }
        left_.reset();  // until it ends, however it does
        const AtEnd at_end{this};
        const auto first_epoch = static_cast<std::ptrdiff_t>(history_.epochs.size()), first_step = static_cast<std::ptrdiff_t>(history_.step_losses.size());
        Good good(*model_, step_);
        // Losses are read once in `ahead` steps, so that a device never waits for the host to look at one.
        StagingOn<typename M::Place, Real> losses(ahead);
        while (epoch_ < options.epochs) {
            const double begun = steady_seconds();
            double loss = 0;
            long seen = 0, steps = 0;
            std::vector<float> step_losses;
            int started = 0, counts[ahead] = {};
            const char* state = " (the model has the weights of the epoch before)";
            const auto in_step = [&](long step) { return " in step " + std::to_string(step) + " of epoch " + std::to_string(epoch_ + 1); };
            const auto read = [&] {
                step_.finish();
                for (int i = 0; i < started; ++i) {
                    const double mean = static_cast<double>(losses[i]);
                    if (!(mean - mean == 0))
                        throw DataError("strata: the loss is " + std::string(mean != mean ? "not a number" : "infinite") + in_step(steps + 1) +
                                        "; lower the rate, clip the gradient, or look for bad samples" + state);
                    step_losses.push_back(static_cast<float>(mean));
                    loss += mean * counts[i];
                    seen += counts[i];
                    progress.step(++steps, counts[i], loss / static_cast<double>(seen));
                }
                started = 0;
            };
            EpochRecord record;
            std::optional<Found> found;
            const auto factor = [&](long step) { return this->factor(step); };
            try {
                while (const data::LoadedBatch* b = loader.next()) {
                    if constexpr (labelled)
                        if (const int i = no_class(b->labels, b->count); i >= 0) {
                            read();
                            refuse_label(b->labels[i], in_step(steps + 1), state);
                        }
                    step_.start(b->samples, targets_of(*b), b->count, factor, losses.data() + started);
                    counts[started++] = b->count;
                    if (started == ahead) read();
                }
                read();
                // A loss is of the weights before its step: the last step's own are looked at here.
                if (const char* path = not_finite(*model_))
                    throw DataError("strata: " + std::string(path) + " has a number that is infinite or not one after the last step of epoch " + std::to_string(epoch_ + 1) +
                                    "; lower the rate, or clip the gradient" + state);
                if (options.validation != nullptr) found = evaluate(*options.validation);
            } catch (...) {
                const auto tried = [](auto&& f) {
                    try {
                        f();
                    } catch (const DeviceError&) {  // the first error is the one to tell
                    }
                };
                tried([&] { step_.finish(); });
                tried([&] { good.back(*model_, step_); });
                throw;
            }
            record.epoch = static_cast<int>(epoch_) + 1;
            record.loss = loss / static_cast<double>(seen > 0 ? seen : 1);
            record.steps = steps;
            record.rate = step_.optimiser().rate * step_.factor();
            bool stop = false;
            if (found) {
                record.validation_loss = found->loss;
                if constexpr (labelled) record.validation_accuracy = found->accuracy();
                if (watch_.update(figure(record))) any_best_ = options.keep_best;
                stop = watch_.stop();
            }
            const auto keep = [&] {
                if (found && watch_.improved() && any_best_) best_ = *model_;
                good = Good(*model_, step_);
            };
            record.seconds = steady_seconds() - begun;
            history_.epochs.push_back(record);
            history_.step_losses.insert(history_.step_losses.end(), step_losses.begin(), step_losses.end());
            progress.end_epoch(record);
            ++epoch_;  // before what may throw: the epoch is done
            keep();    // also before callbacks, which may save a checkpoint
            std::exception_ptr thrown;
            try {
                stop = !notify(record, callbacks...) || stop;
            } catch (...) {
                thrown = std::current_exception();
            }
            try {
                const char* path = sizeof...(C) > 0 ? not_finite(*model_) : nullptr;
                if (path != nullptr) good.back(*model_, step_);
                if (sizeof...(C) > 0 && path == nullptr) keep();
                if (!options.checkpoint.empty()) save_checkpoint(options.checkpoint);
                if (path != nullptr)
                    throw DataError("strata: " + std::string(path) + " has a number that is infinite or not one after the callbacks of epoch " + std::to_string(epoch_) +
                                    "; look at what they do to the model (it has the weights from before them)");
            } catch (const Error&) {
                if (!thrown) throw;  // the first error is the one to tell
            }
            if (thrown) std::rethrow_exception(thrown);
            if (stop) break;
        }
        progress.finish();
        if (options.validation != nullptr && options.keep_best && any_best_ && watch_.state.best_update != watch_.state.updates && !last_) {
            last_ = *model_;
            *model_ = best_;
        }
        return {{history_.epochs.begin() + first_epoch, history_.epochs.end()}, {history_.step_losses.begin() + first_step, history_.step_losses.end()}};
    }

    /// The same without an augmentation.
    template <class Set, class First, class... C>
        requires(detail::TrainingSet<Set> && Callback<std::remove_reference_t<First>> && (Callback<std::remove_reference_t<C>> && ...))
    History fit(const Set& train, const FitOptions<Set>& options, First&& first, C&&... callbacks) {
        return fit(train, options, data::NoAugmentation{}, first, callbacks...);
    }
    /// Refused: what is no data set, or one of another place; other options; what is neither augmentation nor callback.
    template <class Set, class Options = FitOptions<Set>, class... Rest>
        requires(!detail::fit_takes<Set, Options, Rest...>)
    History fit(const Set&, const Options& = {}, Rest&&...) {
        [[maybe_unused]] constexpr typename decltype(detail::fit_fault<Set, Options, Rest...>())::type fault{};
        return {};
    }

    /// Loss and confusion matrix over a data set, or the loss alone by values; in inference mode.
    template <class Set>
    Found evaluate(const Set& set) {
        [[maybe_unused]] constexpr detail::DataFault<M, Loss, Set> fault{};
        Found result;
        double loss = 0;
        each_batch(set, [&](const data::LoadedBatch& b, const Real*, [[maybe_unused]] const std::int32_t* predicted, Real mean) {
            loss += static_cast<double>(mean) * b.count;
            if constexpr (labelled) {
                if (const int i = no_class(b.labels, b.count); i >= 0)
                    refuse_label(b.labels[i], " of sample " + std::to_string(result.samples + i) + " of the set that is evaluated", "");
                const auto count = static_cast<std::size_t>(b.count);
                result.confusion.add({b.labels, count}, {predicted, count});
            }
            result.samples += b.count;
        });
        result.loss = loss / static_cast<double>(result.samples > 0 ? result.samples : 1);
        return result;
    }

    /// Calls f(batch, scores, classes, mean loss) for a data set in its own order.   scores: [count, Output]; classes: null where the loss does not classify.
    template <class Set, class F>
    void each_batch(const Set& set, F&& f) {
        using Fault = detail::DataFault<M, Loss, Set>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) {
            data::Loader loader(set, batch<B>, data::LoaderOptions{.seed = options_.seed, .shuffle = false});
            while (const data::LoadedBatch* b = loader.next()) {
                const Real mean = evaluation_.run(b->samples, targets_of(*b), b->count);
                f(*b, evaluation_.scores(), evaluation_.predicted(), mean);
            }
        }
    }

    /// The class of the highest score for each sample of a data set, in its own order; by a loss that does not classify the model's outputs, [size][Output].
    template <class Set>
    auto predict(const Set& set) {
        std::vector<std::conditional_t<Loss::classifies, std::int32_t, Real>> all;
        each_batch(set, [&](const data::LoadedBatch& b, [[maybe_unused]] const Real* scores, [[maybe_unused]] const std::int32_t* predicted, Real) {
            if constexpr (Loss::classifies)
                all.insert(all.end(), predicted, predicted + b.count);
            else
                all.insert(all.end(), scores, scores + b.count * M::Output::size);
        });
        return all;
    }

    /// Everything that training needs to go on with the same bits: parameters, states, moments, step, epoch, seed, the optimiser's settings as they are now (of an optimiser
    /// of a user's own those that its settings() tells, or its rate), the best weights and the history of epochs.   Throws FileError.
    void save_checkpoint(const std::string& path) const {
        Checkpoint c = identity();
        c.epoch = epoch_, c.steps = step_.steps(), c.skipped = step_.skipped(), c.waited = watch_.state.waited, c.history = history_;
        c.take_settings(step_.optimiser());
        const bool forgets = changed();  // as the next fit would
        c.forgotten = forgets ? epoch_ : forgotten_;
        if (forgets) c.waited = 0;
        const State state(last_ && !forgets ? *last_ : *model_, step_.moments(), any_best_ && !forgets ? &best_ : nullptr);
        io::write_safetensors(path, state.views(), c.metadata());
    }
    /// Goes on from a checkpoint. The optimiser gets the settings that it had there: change a rate after it, by training_step().optimiser().rate.
    /// Throws FileError where the file does not fit model, optimiser or seed; then nothing has changed.
    void resume(const std::string& path) {
        const io::SafetensorsFile file(path);
        bool any_best = false;
        for (const auto& t : file.tensors()) any_best = any_best || std::string_view(t.name).starts_with(State::of_best);
        std::vector<io::WantedTensor> wanted;
        State state(*model_, step_.moments(), any_best ? &best_ : nullptr);
        for (const auto& v : state.views()) wanted.push_back(v);
        Checkpoint c = Checkpoint::of(file, path, identity());  // first: of a file of weights, that it is no checkpoint says more than what it lacks
        io::check(file, wanted);
        Optimiser optimiser = step_.optimiser();
        c.give_settings(optimiser, path);
        io::read_parts(*model_, file);
        if (any_best) io::read_parts(best_, file, State::of_best);
        if (step_.moments().size() > 0) {
            long at = 0;
            for (const char* name : {"optimiser.moments", "optimiser.scale"})
                if (const io::TensorView* m = file.find(name)) {
                    std::memcpy(state.moments.data() + at, m->data, m->bytes);
                    at = M::parameter_block() * Optimiser::moments;
                }
            step_.moments() = BufferOn<typename M::Place, Real>(std::move(state.moments), step_.moments().place());
        }
        step_.set_steps(c.steps, c.skipped);
        epoch_ = c.epoch;
        history_ = std::move(c.history);
        any_best_ = any_best;
        forgotten_ = c.forgotten;
        if constexpr (std::is_copy_assignable_v<Optimiser>) step_.optimiser() = optimiser;
        last_.reset();
        watch_ = {.mode = watch_.mode};
        for (const EpochRecord& e : history_.epochs)
            if (e.validation_loss && e.epoch > forgotten_) watch_.update(figure(e));
        watch_.state.waited = static_cast<int>(c.waited);
        note_weights();
    }

    long epoch() const { return epoch_; }
    /// All epochs that were trained, those before a resume included.
    const History& history() const { return history_; }
    Step& training_step() { return step_; }

  private:
    static M& none();  // of what does not compile
    /// What the schedule makes of the rate in a step.   Throws DataError where that is no factor or a setting none to work with, and what the schedule throws.
    double factor(long step) const {
        check_settings(step_.optimiser(), "optimiser");
        const double f = static_cast<double>(schedule_(step));
        if (!(f >= 0 && f - f == 0))
            throw DataError("strata: the schedule's factor on the rate of step " + std::to_string(step) + " is " + detail::shortest(f) + "; let it be 0 or more, and finite");
        return f;
    }
    static auto targets_of(const data::LoadedBatch& b) {
        if constexpr (labelled)
            return b.labels;
        else if constexpr (std::is_same_v<typename Step::Target, float>)
            return b.targets;
        else
            return static_cast<const typename Step::Target*>(nullptr);  // of what DataFault tells
    }
    /// What says whether an epoch was the best so far.
    static double figure(const EpochRecord& e) { return labelled ? e.validation_accuracy.value_or(0) : e.validation_loss.value_or(0); }
    /// Steps whose losses are read together: on the host each when it is done.
    static constexpr int ahead = std::is_same_v<typename M::Place, Host> ? 1 : 64;
    /// The path of a trained part that holds what is no finite number, or null.
    static const char* not_finite(const M& model) {
        const auto& seen = on_host(model);
        for (int i = 0; i < M::parts(); ++i) {
            const auto part = seen.part(i);
            bool finite = true;
            if (!part.trained) continue;
            for (long k = 0; k < part.dims.size(); ++k) finite &= part.data[k] - part.data[k] == 0;
            if (!finite) return part.path;
        }
        return nullptr;
    }
    static void check_count(int count) {
        if (count < 1 || count > B)
            throw DataError("strata: a batch of " + std::to_string(count) + " samples for a capacity of " + std::to_string(B) + "; give 1 to " + std::to_string(B) + ", or split it");
    }
    /// The place of a label that is no class, or -1.
    static int no_class(const std::int32_t* labels, int count) {
        for (int i = 0; i < count; ++i)
            if (labels[i] < 0 || labels[i] >= classes) return i;
        return -1;
    }
    [[noreturn]] static void refuse_label(std::int32_t label, const std::string& where, const char* state) {
        throw DataError("strata: label " + std::to_string(label) + where + " is none of " + std::to_string(classes) + " classes; labels count from 0 to " +
                        std::to_string(classes - 1) + state);
    }
    /// What training goes back to after a bad step: all that a step changes.
    struct Good {
        M model;
        BufferOn<typename M::Place, Real> moments;
        long steps, skipped;
        Good(const M& m, const Step& step) : model(m), moments(step.moments()), steps(step.steps()), skipped(step.skipped()) {}
        void back(M& m, Step& step) const {
            m = model;
            step.moments() = moments;
            step.set_steps(steps, skipped);
        }
    };
    using State = CheckpointTensors<M, Optimiser::moments, Step::tail>;
    Checkpoint identity() const { return {.seed = options_.seed.value, .optimiser = detail::type_name<Optimiser>()}; }
    /// Whether somebody else wrote to the model since the last fit or resume; looked at where earlier figures would judge it.
    bool changed() const { return left_ && *left_ != fingerprint(*model_); }
    void note_weights() {
        left_.reset();
        if (watch_.state.updates > 0) left_ = fingerprint(*model_);
    }
    struct AtEnd {
        Trainer* trainer;
        ~AtEnd() {
            try {
                trainer->note_weights();
            } catch (...) {  // a device that failed, or no memory: what it holds is not known
            }
        }
    };
    /// Figures and weights of a model that is no more.
    void forget() {
        watch_ = {.mode = watch_.mode};
        any_best_ = false;
        last_.reset();
        forgotten_ = epoch_;
    }

    M* model_;
    TrainerOptions options_;
    Schedule schedule_;
    Pool pool_;
    Step step_;
    EvaluationStep<M, Loss, B> evaluation_;
    std::optional<std::uint64_t> left_{};  ///< the fingerprint that the model was left with, where there are figures of it
    long forgotten_ = 0;                   ///< epochs whose figures count no more
    M best_;                 ///< where any_best_
    bool any_best_ = false;
    std::optional<M> last_{};  ///< of the last epoch, while the model has the best ones
    EarlyStopping watch_{.mode = labelled ? EarlyStopping::Mode::max : EarlyStopping::Mode::min};
    History history_{};
    long epoch_ = 0;
};

/// After a mistake: tells it, and takes whatever it is given without a further word.
template <class M, class Loss, class Optimiser, int B, class Schedule>
    requires(!std::is_same_v<detail::TrainerFault<M, Loss, Optimiser, B, Schedule>, NoFault>)
class Trainer<M, Loss, Optimiser, B, Schedule> {
  public:
    static constexpr int classes = last<typename detail::Trained<M>::Output>, kernels = 0;
    static constexpr detail::TrainerFault<M, Loss, Optimiser, B, Schedule> fault{};
    template <class... X>
    explicit Trainer(X&&...) {}
    template <class... X>
    typename detail::Trained<M>::Real step(X&&...) {
        return 0;
    }
    template <class Set, class Options = FitOptions<Set>, class... X>
    History fit(const Set&, const Options& = {}, X&&...) {
        return {};
    }
    template <class... X>
    Evaluation<classes> evaluate(X&&...) {
        return {};
    }
    template <class... X>
    void each_batch(X&&...) {}
    void save_checkpoint(const std::string&) const {}
    void resume(const std::string&) {}
    History history() const { return {}; }
    long epoch() const { return 0; }
    TrainingStep<M, Loss, Optimiser, B>& training_step();  // no program is made of it
    template <class... X>
    std::vector<std::int32_t> predict(X&&...) {
        return {};
    }
};

// So that a temporary model, and a capacity that is a plain number, are told.
template <class M, class Loss, class Optimiser, int B, class... Rest>
Trainer(const M&&, Loss, const Optimiser&, Batch<B>, Rest&&...) -> Trainer<const M, Loss, Optimiser, B>;
template <class M, class Loss, class Optimiser, std::integral Capacity, class... Rest>
Trainer(M&, Loss, const Optimiser&, Capacity, Rest&&...) -> Trainer<M, Loss, Optimiser, 0, detail::PlainNumber>;

}  // namespace strata

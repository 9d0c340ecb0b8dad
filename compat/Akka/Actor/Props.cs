using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>How to make an actor, as often as it is (re)started. Immutable.</summary>
public sealed class Props
{
    public const string DefaultDispatcher = "akka.actor.default-dispatcher";

    private readonly ConstructorInfo constructor;

    private Props(Type type, ConstructorInfo constructor, object[] arguments, SupervisorStrategy strategy, string dispatcher)
    {
        Type = type;
        this.constructor = constructor;
        Arguments = arguments;
        SupervisorStrategy = strategy;
        Dispatcher = dispatcher;
    }

    public Type Type { get; }
    public object[] Arguments { get; }
    public SupervisorStrategy SupervisorStrategy { get; }
    public string Dispatcher { get; }
    public string TypeName => Type.AssemblyQualifiedName;

    /// <summary>The arguments of the one <c>new</c> expression are computed now, once, and used again at each restart.</summary>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null) where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (factory.Body is UnaryExpression { Operand: NewExpression converted }) return Create(converted, supervisorStrategy);
        return factory.Body is NewExpression created
            ? Create(created, supervisorStrategy)
            : throw new ArgumentException("The create function must be a 'new T (args)' expression");
    }

    public static Props Create<TActor>(params object[] args) where TActor : ActorBase => Create(typeof(TActor), args);
    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() => Create<TActor>().WithSupervisorStrategy(supervisorStrategy);

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type, "Props must be instantiated with an actor type.");
        if (!typeof(ActorBase).IsAssignableFrom(type)) throw new ArgumentException($"{type} is no actor type", nameof(type));
        return new Props(type, null, args, null, DefaultDispatcher);
    }

    public Props WithDispatcher(string dispatcher) => new(Type, constructor, Arguments, SupervisorStrategy, dispatcher);
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(Type, constructor, Arguments, supervisorStrategy, Dispatcher);

    internal ActorBase NewActor()
    {
        try
        {
            return (ActorBase)(constructor is not null
                ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, Arguments, null)
                : Activator.CreateInstance(Type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions, null, Arguments, null));
        }
        catch (Exception e)
        {
            throw new TypeLoadException($"Error while creating actor instance of type {Type} with {Arguments.Length} args", e);
        }
    }

    private static Props Create(NewExpression expression, SupervisorStrategy strategy)
    {
        var arguments = expression.Arguments.Select(Evaluate).ToArray();
        return new Props(expression.Type, expression.Constructor, arguments, strategy, DefaultDispatcher);
    }

    private static object Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();
}
